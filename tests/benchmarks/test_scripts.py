"""What the documents promise of every script."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.records import REPOSITORY, RESULTS, read_record

SCRIPTS = sorted(
    path
    for path in (REPOSITORY / "benchmarks").glob("*/*.py")
    if "typer.run(main)" in path.read_text(encoding="utf-8")
)
RESULT_FILES = sorted(RESULTS.glob("*.json"))

HELP = """
import runpy, sys
from pathlib import Path
path = list(sys.path[1:])
for script in sys.argv[1:]:
    sys.path[:] = [str(Path(script).parent), *path]
    for name in [name for name in sys.modules if name.partition(".")[0] == "benchmarks"]:
        del sys.modules[name]
    sys.argv[:] = [script, "--help"]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        assert not end.code, script
"""


def test_every_script_runs_by_its_path_from_the_root_and_says_what_its_options_are() -> None:
    assert SCRIPTS
    scripts = [str(script.relative_to(REPOSITORY)) for script in SCRIPTS]
    answer = subprocess.run(
        [sys.executable, "-c", HELP, *scripts],
        cwd=REPOSITORY,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    for script in scripts:
        [text] = [
            each for each in answer.stdout.split("Usage: ") if each.startswith(Path(script).name)
        ]
        assert "--json" in text, script
        assert "--show" in text, script


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
