from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import molgnn

Call = Callable[..., Result]

COMMANDS = [
    ["screen"],
    ["predict"],
    ["train"],
    ["evaluate"],
    ["models"],
    ["models", "list"],
    ["models", "show"],
    ["models", "verify"],
    ["doctor"],
]


def test_the_version_is_printed(call: Call) -> None:
    result = call("--version")
    assert (result.exit_code, result.stdout) == (0, f"molgnn {molgnn.__version__}\n")


def test_help_names_every_command(call: Call) -> None:
    shown = call("--help").stdout
    assert all(command[0] in shown for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_command_explains_itself_with_an_example(call: Call, command: list[str]) -> None:
    result = call(*command, "--help")
    assert result.exit_code == 0
    if command != ["models"]:
        assert f"Example:  molgnn {' '.join(command)}" in result.stdout


def test_a_command_that_does_not_exist_is_a_usage_error(call: Call) -> None:
    result = call("scren")
    assert result.exit_code == 2
    assert "Did you mean 'screen'" in result.stderr


def molgnn_ends(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from molgnn.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_error_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    ended = molgnn_ends("screen", tmp_path / "missing.csv", "-o", tmp_path / "out.csv")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("molgnn: ")
    assert ended.stderr.count("\n") == 1
    assert "missing.csv" in ended.stderr


def test_a_reader_that_leaves_early_is_no_error_to_speak_of() -> None:
    command = f"{sys.executable} -c 'from molgnn.cli import main; main()' --help | true"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
