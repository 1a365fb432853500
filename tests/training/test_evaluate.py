"""Evaluation compares a model with the labels of any table that has its tasks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import molgnn
from molgnn.errors import TableError, UnknownName


@pytest.fixture
def labels(tmp_path: Path, library: Path) -> Path:
    """Return a table with one of the tiny model's tasks, a gap, a bad row and another column."""
    frame = pd.DataFrame({"smiles": pd.read_csv(library)["smiles"].iloc[:40]})
    frame["SR-p53"] = np.tile([0.0, 1.0, 1.0, np.nan], 10)
    frame["weight"] = 1.5
    frame.loc[1, "smiles"] = "c1cccc1"
    path = tmp_path / "labels.csv"
    frame.to_csv(path, index=False)
    return path


def test_the_figures_are_those_of_the_predictions(tiny_bundle: Path, labels: Path) -> None:
    evaluation = molgnn.evaluate(tiny_bundle, labels)
    frame = pd.read_csv(labels)
    scores = molgnn.load(tiny_bundle).predict(frame["smiles"])["SR-p53"]
    used = frame["SR-p53"].notna() & ~np.isnan(scores)
    [figures] = evaluation.tasks
    assert figures.task.name == "SR-p53"
    assert figures.counts == {"positives": 19, "negatives": 10, "missing": 11}
    assert figures.values["roc_auc"] == roc_auc_score(frame["SR-p53"][used], scores[used])


def test_a_table_without_the_models_tasks_is_refused(
    tiny_bundle: Path, labels: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    pd.read_csv(labels).rename(columns={"SR-p53": "p53"}).to_csv(other, index=False)
    with pytest.raises(TableError, match=r"expected labels of NR-AR.* p53"):
        molgnn.evaluate(tiny_bundle, other)


def test_a_task_that_the_model_lacks_is_refused(tiny_bundle: Path, labels: Path) -> None:
    with pytest.raises(UnknownName, match="weight"):
        molgnn.evaluate(tiny_bundle, labels, tasks=["weight"])
