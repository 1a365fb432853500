from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from molgnn.zoo.catalogue import entries

Call = Callable[..., Result]


def test_every_model_of_the_catalogue_is_listed(call: Call) -> None:
    result = call("models", "list")
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.stdout.splitlines()]
    assert names == ["name", *entries()]


def test_the_list_and_a_model_are_printed_as_json(call: Call, tiny_bundle: Path) -> None:
    listed = json.loads(call("models", "list", "--json").stdout)
    assert [each["name"] for each in listed] == list(entries())
    shown = json.loads(call("models", "show", tiny_bundle, "--json").stdout)
    assert shown["name"] == "dmpnn.tiny"
    assert [task["name"] for task in shown["tasks"]] == ["NR-AR", "SR-p53", "SR-MMP"]


def test_a_model_is_described_with_its_tasks(call: Call, tiny_bundle: Path) -> None:
    result = call("models", "show", tiny_bundle)
    assert result.exit_code == 0
    assert "dmpnn.tiny" in result.stdout
    assert "never trained" in result.stdout
    assert "NR-AR  androgen receptor" in result.stdout
    assert "leakage   not computed when this model was made" in result.stdout


def test_every_model_that_comes_with_molgnn_is_as_it_was_saved(call: Call) -> None:
    result = call("models", "verify")
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == list(entries())


def test_a_folder_is_verified_too(call: Call, tiny_bundle: Path, tmp_path: Path) -> None:
    assert call("models", "verify", tiny_bundle).exit_code == 0
    for path in tiny_bundle.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "weights.safetensors").open("ab") as file:
        file.write(b"\0")
    result = call("models", "verify", tmp_path)
    assert result.exit_code == 1
    assert "weights.safetensors is not as molgnn saved it" in result.stderr


def test_an_unknown_model_is_a_usage_error(call: Call) -> None:
    for command in ("show", "verify"):
        result = call("models", command, "no-such-model")
        assert result.exit_code == 2
        assert result.stderr.startswith("molgnn: unknown model 'no-such-model'")


def test_a_folder_without_a_model_is_named(call: Call, tmp_path: Path) -> None:
    result = call("models", "show", tmp_path)
    assert result.exit_code == 1
    assert str(tmp_path) in result.stderr
