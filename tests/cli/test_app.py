from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import molgnn
from molgnn.cli import app

Call = Callable[..., Result]

COMMANDS = [
    ["screen"],
    ["predict"],
    ["train"],
    ["tune"],
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


def molgnn_run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from molgnn.cli.app import app; app(prog_name='molgnn')"]
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_shell_completion_installs(tmp_path: Path) -> None:
    """Typer writes a script for the shell, and the line of the shell's settings that loads it."""
    named = {"HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    ended = molgnn_run("--install-completion", "bash", **named)
    assert ended.returncode == 0, ended.stderr
    [script] = tmp_path.rglob("molgnn.sh")
    assert "_MOLGNN_COMPLETE=complete_bash" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()


def test_options_of_settings_are_completed() -> None:
    typed = {"COMP_WORDS": "molgnn train --batch", "COMP_CWORD": "2"}
    ended = molgnn_run(_MOLGNN_COMPLETE="complete_bash", **typed)
    assert ended.stdout.split() == ["--batch-size"]


def test_a_command_that_does_not_exist_is_a_usage_error(call: Call) -> None:
    result = call("scren")
    assert result.exit_code == 2
    assert "Did you mean 'screen'" in result.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "runs/best.ckpt"), "runs/best.ckpt: No space left"),
        (OSError(28, "No space left on device"), "the disk: No space left on device"),
        (OSError("odd"), "the disk: odd"),
    ],
)
def test_what_the_system_refuses_is_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def refuse(_: str) -> None:
        raise error

    monkeypatch.setattr("molgnn.zoo.model_card", refuse)
    result = call("models", "show", "tox21")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"molgnn: {said}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["screen", "predict", "evaluate"])
def test_a_device_may_be_chosen(
    call: Call, tiny_bundle: Path, library_file: Path, command: str
) -> None:
    output = library_file.with_name("out.csv")
    arguments = {
        "screen": (library_file, "-m", tiny_bundle, "-o", output, "--engine", "serial"),
        "predict": ("C", "-m", tiny_bundle),
        "evaluate": (tiny_bundle, library_file),
    }
    result = call(command, *arguments[command], "--device", "abacus")
    assert result.exit_code == 2
    assert "got 'abacus'" in result.stderr


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


def test_threads_that_wait_for_each_other_leave_their_cores_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "app", lambda: None)
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    app.main()
    assert os.environ["OMP_WAIT_POLICY"] == "active"
    monkeypatch.delenv("OMP_WAIT_POLICY")
    app.main()
    assert os.environ["OMP_WAIT_POLICY"] == "passive"
