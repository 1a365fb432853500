"""What a user is told of a table before anything is trained on it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from molgnn.chem.records import Rejected, Stage
from molgnn.experiments.run import Run
from molgnn.experiments.table_checks import describe_unused
from molgnn.fitting.config import TrainingConfig
from tests.runs import train_alone

N = 30


def notes_on(labels: dict[str, list[float]], folder: Path, config: TrainingConfig) -> list[str]:
    smiles = ["C" * (i + 1) for i in range(N)]
    pd.DataFrame({"smiles": smiles, **labels}).to_csv(folder / "table.csv", index=False)
    brief = config.model_copy(update={"epochs": 1, "tasks": tuple(labels)})
    run: Run = train_alone(folder / "table.csv", folder / "run", brief)
    return [note for note in run.notes if "is regressed" in note]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            [-1.0, 1.0] * 15,
            "y is regressed, since it holds -1, 1; classes are 0 and 1; positive=… and negative=… "
            "make them of two values",
        ),
        (
            [0.0, 1.0, 2.0] * 10,
            "y is regressed, since it holds 0, 1, 2; classes are 0 and 1; positive=… and "
            "negative=… make them of two values, one_vs_rest=… of each",
        ),
        (
            [0.0, 1.0] * 14 + [0.5, 1.0],
            "y is regressed, since line 30 holds 0.5, though 29 of 30 labels are 0 or 1",
        ),
        (
            [1001.0 + i for i in range(N)],
            "y is regressed, though all its values are different whole numbers, as those of an "
            "identifier are; tasks=… names the columns of labels",
        ),
    ],
)
def test_a_regression_that_may_not_be_meant_is_named(
    labels: list[float], said: str, tmp_path: Path, config: TrainingConfig
) -> None:
    assert notes_on({"y": labels}, tmp_path, config) == [said]


def test_values_and_classes_give_no_cause_for_doubt(tmp_path: Path, config: TrainingConfig) -> None:
    labels = {"logP": [i / 7 for i in range(N)], "toxic": [0.0, 1.0] * 15}
    assert notes_on(labels, tmp_path, config) == []


def test_a_task_called_like_another_column_of_the_predictions_keeps_its_own(
    tmp_path: Path, config: TrainingConfig
) -> None:
    labels = {"part": [0.0, 1.0] * 15, "pred_part": [0.0, 1.0] * 15, "y": [1.0, 0.0] * 15}
    notes_on(labels, tmp_path, config)
    header = pd.read_csv(tmp_path / "run" / "predictions.csv", nrows=0).columns
    assert list(header) == ["row", "smiles", "part", "pred_pred_part", "pred_part", "y"]


def test_a_row_that_is_not_used_is_shown_if_there_is_anything_to_show() -> None:
    reason = "empty SMILES: nothing stands in the SMILES column"
    assert describe_unused("line 3", Rejected(1, " ", Stage.PARSE, reason)) == (
        f"line 3 is not used: {reason}"
    )
    assert describe_unused("line 4", Rejected(2, "C1CC", Stage.PARSE, "invalid SMILES: x")) == (
        "line 4 is not used: invalid SMILES: x (C1CC)"
    )
