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
from molgnn.errors import ConfigError, TableError, UnknownName
from molgnn.experiments.run import Run
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


def test_a_data_frame_is_evaluated_as_its_file_is(tiny_bundle: Path, labels: Path) -> None:
    of_file = molgnn.evaluate(tiny_bundle, labels)
    of_frame = molgnn.evaluate(tiny_bundle, pd.read_csv(labels))
    assert of_frame == of_file


def test_words_are_labels_where_the_caller_says_which(tiny_bundle: Path, labels: Path) -> None:
    frame = pd.read_csv(labels)
    words = frame.assign(**{"SR-p53": frame["SR-p53"].map({0.0: "quiet", 1.0: "loud"})})
    of_words = molgnn.evaluate(tiny_bundle, words, positive="loud", negative="quiet")
    assert of_words.tasks == molgnn.evaluate(tiny_bundle, frame).tasks
    assert of_words.notes == ("SR-p53: 'loud' is 1, 'quiet' is 0",)
    with pytest.raises(ConfigError, match="positive to be given to read_table"):
        molgnn.evaluate(tiny_bundle, read_table(labels), positive="loud")


def test_rows_that_the_model_was_trained_on_are_counted_and_left_out(
    run: Run, table: Path, tmp_path: Path
) -> None:
    evaluation = molgnn.evaluate(run.folder, table)
    parts = pd.read_csv(run.folder / "split.csv")["part"]
    assert evaluation.training_rows == parts.isin(["train", "valid"]).sum()
    assert "and left out; include_training_rows=…" in evaluation.describe_training_rows()
    tested = run.evaluations["test"]
    for ours, reported in zip(evaluation.tasks, tested.tasks, strict=True):
        assert ours.values == pytest.approx(reported.values, rel=1e-4, nan_ok=True)


def test_another_salt_or_stereoisomer_of_a_training_molecule_is_left_out_too(
    run: Run, table: Path
) -> None:
    split = pd.read_csv(run.folder / "split.csv")
    known = split["smiles"][split["part"] == "train"].iloc[0]
    frame = pd.DataFrame({"smiles": [f"{known}.Cl", "FC(F)(F)CCCCBr"], "length": [30.0, 14.0]})
    evaluation = molgnn.evaluate(run.folder, frame)
    assert evaluation.training_rows == 1
    assert evaluation.tasks[0].counts["measured"] == 1


def test_training_rows_count_where_the_caller_wants_them(run: Run, table: Path) -> None:
    evaluation = molgnn.evaluate(run.folder, table, include_training_rows=True)
    labels = pd.read_csv(table).drop(index=7)
    assert evaluation.tasks[1].counts["measured"] == labels["length"].notna().sum()
    assert "which they flatter" in evaluation.describe_training_rows()


def test_a_table_of_training_rows_alone_is_refused(run: Run, table: Path) -> None:
    split = pd.read_csv(run.folder / "split.csv")
    known = pd.read_csv(table)[split["part"] == "train"]
    with pytest.raises(TableError, match=r"trained on 63 of 63 rows.*include_training_rows=…"):
        molgnn.evaluate(run.folder, known)


def test_a_model_that_does_not_know_its_molecules_says_so(tiny_bundle: Path, labels: Path) -> None:
    evaluation = molgnn.evaluate(tiny_bundle, labels)
    assert evaluation.training_rows is None
    assert "not known" in evaluation.describe_training_rows()


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
    with pytest.raises(TableError, match=r"'SR-p53', .* got 6\.5 in line 6; fix: positive=… and"):
        molgnn.evaluate(tiny_bundle, labels)


@pytest.mark.parametrize("is_read", [False, True], ids=["file", "table"])
def test_text_in_a_task_is_refused_rather_than_left_out(
    tiny_bundle: Path, labels: Path, is_read: bool
) -> None:
    frame = pd.read_csv(labels)
    frame["SR-MMP"] = "tall"
    frame.to_csv(labels, index=False)
    table = read_table(labels) if is_read else labels
    with pytest.raises(TableError, match=r"column 'SR-MMP' but .*line 2 holds 'tall'"):
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


TASTES = Tasks([Task("taste_bitter"), Task("taste_sour"), Task("SR-p53")])


@pytest.fixture
def taster(tiny_bundle: Path) -> Predictor:
    """Return a model of which two tasks are classes of a column."""
    return Predictor(replace(Bundle.load(tiny_bundle), tasks=TASTES))


def tastes(labels: Path, *others: str) -> pd.DataFrame:
    """Return the table with a column of tastes, and of tasks that it is the same as."""
    frame = pd.read_csv(labels).assign(taste=["bitter", "sweet", "sour", ""] * 10)
    for word in others:
        frame[f"taste_{word}"] = (frame["taste"] == word).astype(float).where(frame["taste"] != "")
    return frame


def test_each_class_of_a_column_is_compared_with_the_task_of_that_name(
    taster: Predictor, labels: Path
) -> None:
    by_hand = molgnn.evaluate(taster, tastes(labels, "bitter", "sour"))
    evaluation = molgnn.evaluate(taster, tastes(labels), one_vs_rest="taste")
    assert [each.task.name for each in evaluation.tasks] == TASTES.names
    assert evaluation.tasks == by_hand.tasks
    few = molgnn.evaluate(
        taster, tastes(labels).drop(columns="SR-p53"), one_vs_rest=["taste"], tasks=["taste_sour"]
    )
    assert few.tasks == by_hand.tasks[1:2]


def test_a_class_that_the_table_lacks_is_absent_and_refused_where_it_is_asked_for(
    taster: Predictor, labels: Path
) -> None:
    frame = tastes(labels).replace({"taste": {"sour": "salty"}})
    assert molgnn.evaluate(taster, frame, one_vs_rest="taste").absent == ("taste_sour",)
    asked = {"one_vs_rest": "taste", "tasks": ["taste_sour"]}
    with pytest.raises(TableError, match=r"labels of taste_sour but .* taste_bitter, taste_salty"):
        molgnn.evaluate(taster, frame, **asked)
    with pytest.raises(TableError, match=r"taste_bitter.* has .*, taste; fix: .*one_vs_rest=…"):
        molgnn.evaluate(taster, frame.drop(columns="SR-p53"))


def test_a_keyword_that_it_does_not_know_is_answered_with_the_nearest(
    tiny_bundle: Path, labels: Path
) -> None:
    with pytest.raises(ConfigError, match="of evaluate 'one_vs_all': did you mean one_vs_rest"):
        molgnn.evaluate(tiny_bundle, labels, one_vs_all="taste")
    with pytest.raises(ConfigError, match="did you mean include_training_rows"):
        molgnn.evaluate(tiny_bundle, labels, training_rows=True)
