"""Evaluation compares a model with the labels of any table that has its tasks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import molgnn
from molgnn.chem.tables import read_table
from molgnn.errors import TableError, UnknownName
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.predictor import Predictor
from molgnn.tasks import Task, Tasks


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


def test_rows_without_a_prediction_are_counted(tiny_bundle: Path, labels: Path) -> None:
    evaluation = molgnn.evaluate(tiny_bundle, labels)
    assert evaluation.rejected == {"cannot kekulize": 1}
    assert "rows without a prediction: 1 (1 cannot kekulize)" in evaluation._repr_html_()


def test_labels_of_a_classification_are_0_or_1(tiny_bundle: Path, labels: Path) -> None:
    frame = pd.read_csv(labels)
    frame.loc[4, "SR-p53"] = 6.5
    frame.to_csv(labels, index=False)
    with pytest.raises(TableError, match=r"'SR-p53', .* got 6\.5 in line 6"):
        molgnn.evaluate(tiny_bundle, labels)


@pytest.mark.parametrize("is_read", [False, True], ids=["file", "table"])
def test_text_in_a_task_is_refused_rather_than_left_out(
    tiny_bundle: Path, labels: Path, is_read: bool
) -> None:
    frame = pd.read_csv(labels)
    frame["SR-MMP"] = "active"
    frame.to_csv(labels, index=False)
    table = read_table(labels) if is_read else labels
    with pytest.raises(TableError, match=r"column 'SR-MMP' but .*line 2 holds 'active'"):
        molgnn.evaluate(tiny_bundle, table)
    assert len(molgnn.evaluate(tiny_bundle, table, tasks=["SR-p53"]).tasks) == 1


def test_a_task_is_read_even_where_its_name_looks_like_an_identifiers(
    tiny_bundle: Path, labels: Path
) -> None:
    bundle = Bundle.load(tiny_bundle)
    tasks = Tasks([Task("tox_id"), *bundle.tasks[1:]])
    frame = pd.read_csv(labels).rename(columns={"SR-p53": "tox_id"})
    frame.to_csv(labels, index=False)
    [figures] = molgnn.evaluate(Predictor(replace(bundle, tasks=tasks)), labels).tasks
    assert figures.task.name == "tox_id"


def test_a_task_that_the_model_lacks_is_refused(tiny_bundle: Path, labels: Path) -> None:
    with pytest.raises(UnknownName, match="weight"):
        molgnn.evaluate(tiny_bundle, labels, tasks=["weight"])
