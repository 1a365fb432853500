from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from molgnn.fitting.config import TrainingConfig
from molgnn.tuning import tune as tune_module
from molgnn.tuning.tune import Tuning

Call = Callable[..., Result]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Replace the search by a note of what it was asked for."""
    asked: list[dict[str, Any]] = []

    def note(table: Path, output: Path, config: TrainingConfig, **options: Any) -> Tuning:
        asked.append({"config": config, **options})
        return Tuning(output, config, score=0.75, n_trials=4, interrupted=False)

    monkeypatch.setattr(tune_module, "tune", note)
    return asked


def test_options_are_settings_and_the_search_s_own(
    call: Call, searched: list[dict[str, Any]]
) -> None:
    text = "tune tox21.csv -o search --encoder gcn,dmpnn --trials 4 --split random --batch-size 8"
    result = call(*text.split(), "--tasks", "a,b")
    assert result.exit_code == 0, result.output
    [asked] = searched
    assert asked["config"] == TrainingConfig(split="random", batch_size=8, tasks=("a", "b"))
    assert (asked["encoders"], asked["n_trials"]) == (("gcn", "dmpnn"), 4)
    assert "4 trials, the best validation score is 0.7500" in result.stdout
    assert "molgnn train tox21.csv --config search/best.json" in result.stdout


def test_options_come_before_a_file_of_settings(
    call: Call, searched: list[dict[str, Any]], tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text(TrainingConfig(epochs=3, seed=5).model_dump_json())
    call("tune", "tox21.csv", "-o", "search", "--config", path, "--seed", "6")
    assert searched[0]["config"] == TrainingConfig(epochs=3, seed=6)


def test_the_best_settings_are_printed_as_json(call: Call, searched: list[dict[str, Any]]) -> None:
    record = json.loads(call("tune", "tox21.csv", "-o", "search", "--json").stdout)
    assert (record["score"], record["n_trials"]) == (0.75, 4)
    assert TrainingConfig(**record["best"]) == TrainingConfig()


def test_a_setting_that_cannot_be_is_named_as_the_option_that_it_is(
    call: Call, searched: list[dict[str, Any]]
) -> None:
    result = call("tune", "tox21.csv", "-o", "search", "--precision", "fp8")
    assert result.exit_code == 2
    assert result.stderr.startswith("molgnn: --precision: input should be 'fp32', 'bf16' or 'auto'")
