"""What the documents promise of every script."""

from __future__ import annotations

import os
import runpy
import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks.records import REPOSITORY, RESULTS, read_record

SCRIPTS = sorted(
    path
    for path in (REPOSITORY / "benchmarks").glob("*/*.py")
    if "typer.run(main)" in path.read_text(encoding="utf-8")
)
RESULT_FILES = sorted(RESULTS.glob("*.json"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_runs_by_its_path_and_says_what_its_options_are(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "benchmarks"]:
        monkeypatch.delitem(sys.modules, name)
    elsewhere = [path for path in sys.path if Path(path).resolve() != REPOSITORY]
    monkeypatch.setattr(sys, "path", [str(script.parent), *elsewhere])
    monkeypatch.setattr(sys, "argv", [str(script), "--help"])
    with patch.dict(os.environ, {"COLUMNS": "100"}), pytest.raises(SystemExit) as end:
        runpy.run_path(str(script), run_name="__main__")
    assert not end.value.code
    text = capsys.readouterr().out
    assert f"Usage: {script.name}" in text
    assert "--json" in text
    assert "--show" in text


def test_the_read_me_describes_every_script() -> None:
    text = (REPOSITORY / "benchmarks" / "README.md").read_text(encoding="utf-8")
    for script in SCRIPTS:
        assert script.relative_to(REPOSITORY).as_posix() in text


@pytest.mark.parametrize("path", RESULT_FILES, ids=lambda path: path.stem)
def test_every_result_file_gives_the_table_of_its_script(path: Path) -> None:
    [script] = [each for each in SCRIPTS if path.stem in _names_of(each)]
    module = import_module(f"benchmarks.{script.parent.name}.{script.stem}")
    record = read_record(path)
    assert {"date", "machine", "versions"} <= set(record)
    table = module.to_table(record)
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.headings)}


def _names_of(script: Path) -> set[str]:
    """Return the result files that belong to a script: its own name, or that and an ending."""
    others = [each.stem for each in SCRIPTS if each != script]
    own = [path.stem for path in RESULT_FILES if path.stem.startswith(script.stem)]
    longer = [other for other in others if other.startswith(script.stem)]
    return {name for name in own if not any(name.startswith(other) for other in longer)}
