"""The options of ``molgnn screen`` are the keywords of `molgnn.screen`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import molgnn
from molgnn.cli.screening_options import ScreeningOptions
from molgnn.predictor.annotators import ANNOTATORS
from molgnn.screening.engines import ENGINES
from molgnn.screening.formats import FORMATS

Call = Callable[..., Result]

PYTHON_ALONE = {"chunk_size", "progress"}


def given(**options: Any) -> dict[str, Any]:
    known = {"library": ["a.csv"], "output": [Path("out.csv")]}
    return ScreeningOptions(**{**known, **options}).to_keywords()


def test_each_keyword_is_an_option() -> None:
    keywords = set(inspect.signature(molgnn.screen).parameters)
    assert {field.name for field in fields(ScreeningOptions)} == keywords - PYTHON_ALONE
    assert set(given()) == keywords - PYTHON_ALONE


def test_what_is_not_given_has_the_default_of_the_keyword() -> None:
    keywords = inspect.signature(molgnn.screen).parameters
    required = {field.name for field in fields(ScreeningOptions) if field.default is MISSING}
    assert required == {"library", "output"}
    differing = {name: value for name, value in given().items() if name not in required}
    for name in [*differing]:
        if differing[name] == keywords[name].default:
            del differing[name]
    assert differing == {"workers": None}  # a program has its cores; a script may share them


def test_one_library_is_a_path_or_a_pattern_and_several_are_a_list() -> None:
    assert given(library=["vendor/*.sdf"])["library"] == "vendor/*.sdf"
    assert given(library=["a.csv", "b.csv"])["library"] == ["a.csv", "b.csv"]


def test_columns_are_names_with_commas_between() -> None:
    assert given(columns='id, "a, b"')["columns"] == ["id", "a, b"]


@pytest.mark.parametrize(
    ("options", "engine"),
    [
        ({}, "auto"),
        ({"workers": 1}, "processes"),
        ({"workers": 2}, "auto"),
        ({"workers": 1, "engine": "serial"}, "serial"),
    ],
)
def test_one_worker_is_another_process_in_which_a_row_may_crash(
    options: dict[str, Any], engine: str
) -> None:
    assert given(**options)["engine"] == engine


@pytest.mark.parametrize(
    ("registry", "commands"),
    [(ANNOTATORS, ("screen", "predict")), (ENGINES, ("screen",)), (FORMATS, ("screen",))],
)
def test_a_new_column_to_add_engine_or_format_is_one_line_and_reaches_the_help(
    call: Call,
    registry: dict[str, Any],
    commands: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(registry, "brand_new", next(iter(registry.values())))
    for command in commands:
        assert "brand_new" in call(command, "--help").stdout
