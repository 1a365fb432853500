"""How the tests call the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from molgnn.cli.app import app

Call = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that runs ``molgnn`` with its arguments on a wide terminal."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "dumb")

    def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], input=stdin)

    return run


@pytest.fixture
def library_file(tmp_path: Path) -> Path:
    path = tmp_path / "library.csv"
    path.write_text("id,smiles\na,CCO\nb,C1CC\nc,c1ccccc1O\n", encoding="utf-8")
    return path
