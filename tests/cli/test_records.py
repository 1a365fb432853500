"""A dataclass becomes the options of a command, and its help names what registries list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from molgnn.cli.records import HelpWithNames, takes_options_of
from molgnn.nn.readouts import READOUTS


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """What the command below takes."""

    molecules: Annotated[list[str], typer.Argument(help="In {braces}.")]
    unit: Annotated[str, typer.Option("-u", help="One of {molgnn.nn.readouts:READOUTS}.")] = "Da"
    exact: bool = False


@pytest.fixture
def given() -> list[Weighing]:
    return []


@pytest.fixture
def app(given: list[Weighing]) -> typer.Typer:
    @takes_options_of(Weighing)
    def weigh(ctx: typer.Context, options: Weighing) -> None:
        """Weigh molecules."""
        assert ctx.params["unit"] == options.unit
        given.append(options)

    app = typer.Typer()
    app.command(cls=HelpWithNames)(weigh)
    return app


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["CCO"], Weighing(molecules=["CCO"])),
        (["C", "O", "-u", "g", "--exact"], Weighing(molecules=["C", "O"], unit="g", exact=True)),
    ],
)
def test_each_field_is_an_option_with_its_type_and_default(
    app: typer.Typer, given: list[Weighing], arguments: list[str], expected: Weighing
) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert given == [expected]


def test_a_field_without_a_default_is_required(app: typer.Typer, given: list[Weighing]) -> None:
    assert CliRunner().invoke(app, ["--exact"]).exit_code == 2
    assert not given


def test_the_help_is_the_docstring_and_names_what_a_registry_lists(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READOUTS, "by_weight", READOUTS["mean"])
    shown = " ".join(CliRunner().invoke(app, ["--help"]).stdout.replace("│", " ").split())
    assert "Weigh molecules." in shown
    assert f"One of {', '.join(READOUTS)}." in shown
    assert "In {braces}." in shown
