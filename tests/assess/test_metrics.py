from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as sk

from molgnn.assess.metrics import Evaluation, assess, average
from molgnn.tasks import Task, TaskKind, Tasks

NAN = math.nan
CLASSES = Tasks([Task("sparse"), Task("dense"), Task("rare")])
VALUES = Tasks([Task("sparse", TaskKind.REGRESSION), Task("dense", TaskKind.REGRESSION)])
MIXED = Tasks([Task("class"), Task("value", TaskKind.REGRESSION)])

Table = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def classes() -> Table:
    """Return labels with gaps, and probabilities that know something of them."""
    random = np.random.default_rng(0)
    truth = random.random((300, 3)) < [0.4, 0.5, 0.05]
    probabilities = np.clip(0.3 * truth + 0.7 * random.random((300, 3)), 0, 1)
    labels = np.where(random.random((300, 3)) < [0.8, 0.1, 0.3], NAN, truth)
    return labels, probabilities


@pytest.fixture
def values() -> Table:
    random = np.random.default_rng(0)
    truth = random.normal(size=(200, 2))
    labels = np.where(random.random((200, 2)) < [0.7, 0.1], NAN, truth)
    return labels, truth + random.normal(scale=0.5, size=(200, 2))


def one_class(label: float) -> Table:
    """Return three tasks of which the second has one class only."""
    labels = np.array([[0.0, label, 1.0], [1.0, label, 0.0], [1.0, NAN, 0.0]])
    return labels, np.array([[0.1, 0.2, 0.3], [0.6, 0.7, 0.4], [0.8, 0.9, 0.5]])


@pytest.mark.parametrize(
    ("metric", "by_scikit_learn"),
    [
        ("roc_auc", sk.roc_auc_score),
        ("pr_auc", sk.average_precision_score),
        ("brier", sk.brier_score_loss),
    ],
)
def test_classes_are_judged_as_scikit_learn_judges_the_measured_labels(
    classes: Table, metric: str, by_scikit_learn: object
) -> None:
    labels, probabilities = classes
    evaluation = assess(CLASSES, labels, probabilities)
    for i, task in enumerate(evaluation.tasks):
        measured = ~np.isnan(labels[:, i])
        expected = by_scikit_learn(labels[measured, i], probabilities[measured, i])
        assert task.values[metric] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("metric", "by_scikit_learn"),
    [
        ("rmse", sk.root_mean_squared_error),
        ("mae", sk.mean_absolute_error),
        ("r2", sk.r2_score),
    ],
)
def test_values_are_judged_as_scikit_learn_judges_the_measured_labels(
    values: Table, metric: str, by_scikit_learn: object
) -> None:
    labels, predictions = values
    evaluation = assess(VALUES, labels, predictions)
    for i, task in enumerate(evaluation.tasks):
        measured = ~np.isnan(labels[:, i])
        expected = by_scikit_learn(labels[measured, i], predictions[measured, i])
        assert task.values[metric] == pytest.approx(expected, rel=1e-12)


def test_labels_are_counted_by_class(classes: Table) -> None:
    labels, probabilities = classes
    for i, task in enumerate(assess(CLASSES, labels, probabilities).tasks):
        assert task.counts == {
            "positives": (labels[:, i] == 1).sum(),
            "negatives": (labels[:, i] == 0).sum(),
            "missing": np.isnan(labels[:, i]).sum(),
        }


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_task_of_one_class_stays_in_its_place_with_its_counts(label: float) -> None:
    evaluation = assess(CLASSES, *one_class(label))
    task = evaluation.tasks[1]
    assert task.counts == {"positives": 2 * label, "negatives": 2 * (1 - label), "missing": 1}
    assert math.isnan(task.values["roc_auc"])
    assert math.isnan(task.values["pr_auc"])
    assert task.values["brier"] == pytest.approx(((0.2 - label) ** 2 + (0.7 - label) ** 2) / 2)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_mean_tells_over_how_many_tasks_it_is_taken(label: float) -> None:
    evaluation = assess(CLASSES, *one_class(label))
    assert evaluation.mean("roc_auc") == (pytest.approx((1.0 + 0.0) / 2), 2)
    assert evaluation.mean("brier")[1] == 3


@pytest.mark.parametrize("tasks", [CLASSES[:2], VALUES], ids=["classes", "values"])
def test_a_task_without_labels_is_undefined_throughout(tasks: Tasks) -> None:
    nothing, predictions = np.full((4, 2), NAN), np.full((4, 2), 0.5)
    evaluation = assess(Tasks(tasks), nothing, predictions)
    for task in evaluation.tasks:
        assert task.counts["missing"] == 4
        assert all(math.isnan(value) for value in task.values.values())
        for metric in task.values:
            mean, n_tasks = evaluation.mean(metric)
            assert math.isnan(mean)
            assert n_tasks == 0


@pytest.mark.parametrize("n", [1, 4])
def test_one_value_has_an_error_but_no_r2(n: int) -> None:
    evaluation = assess(VALUES, np.array([[NAN, 1.0]] * n), np.array([[0.0, 3.0]] * n))
    assert evaluation.tasks[1].values["rmse"] == 2
    assert evaluation.tasks[1].values["mae"] == 2
    assert math.isnan(evaluation.tasks[1].values["r2"])


def test_a_molecule_without_a_prediction_counts_as_missing(classes: Table) -> None:
    labels, probabilities = classes
    refused = np.arange(0, 300, 3)
    probabilities[refused] = NAN
    kept = np.delete(np.arange(300), refused)
    evaluation = assess(CLASSES, labels, probabilities)
    without = assess(CLASSES, labels[kept], probabilities[kept])
    for with_gaps, expected in zip(evaluation.tasks, without.tasks, strict=True):
        assert with_gaps.values == expected.values
        assert with_gaps.counts["missing"] == expected.counts["missing"] + len(refused)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_single_precision_predictions_are_fine(classes: Table, dtype: type) -> None:
    labels, probabilities = (array.astype(dtype) for array in classes)
    probabilities[:2] = [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    assert assess(CLASSES, labels, probabilities).mean("brier")[1] == 3


def mixed() -> Evaluation:
    labels = np.array([[0.0, 1.0], [1.0, 2.0], [NAN, 4.0]])
    return assess(MIXED, labels, np.array([[0.2, 1.0], [0.7, 2.5], [0.4, 4.0]]))


def test_a_frame_has_one_row_per_task() -> None:
    frame = mixed().to_frame()
    assert list(frame.index) == ["class", "value"]
    assert frame.loc["class", "roc_auc"] == 1
    assert frame.loc["value", "measured"] == 3
    assert np.isnan(frame.loc["value", "roc_auc"])


def test_the_notebook_sees_whole_counts_rounded_figures_and_no_nan() -> None:
    html = mixed()._repr_html_()
    assert "<td>3</td>" in html
    assert "<td>1.000 (1)</td>" in html
    assert "nan" not in html.lower()


def test_the_notebook_sees_a_table_for_each_kind_of_task_and_what_to_know_of_the_rows() -> None:
    told = {"rejected": {"empty SMILES": 2}, "absent": ("toxic",), "notes": ("class: 'x' is 1",)}
    html = replace(mixed(), **told, training_rows=3)._repr_html_()
    classes, values, remarks = re.split("</table>", html)
    assert "<th>roc_auc</th>" in classes
    assert "<th>rmse</th>" not in classes
    assert "<th>rmse</th>" in values
    assert remarks.count("<li>") == 4
    assert "trained on: 3, and left out" in remarks
    assert "class: &#x27;x&#x27; is 1" in remarks
    assert mixed()._repr_html_().endswith("</table>")


def test_it_is_shown_in_a_line_of_means() -> None:
    text = "<Evaluation of 2 tasks: roc_auc 1.000 (1), pr_auc 1.000 (1), brier 0.065 (1), rmse "
    assert repr(mixed()).startswith(text)
    both = repr(average([mixed(), mixed()]))
    assert both.startswith("<Evaluation of 2 tasks, mean of 2 folds or repeats: roc_auc 1.000 ± 0")
    nothing = assess(Tasks(CLASSES[:1]), np.full((2, 1), NAN), np.zeros((2, 1)))
    assert repr(nothing) == "<Evaluation of 1 task: no metric is defined>"


def test_json_holds_means_with_their_support_and_no_nan() -> None:
    evaluation = assess(CLASSES, *one_class(1.0))
    record = json.loads(json.dumps(evaluation.to_json(), allow_nan=False))
    assert record["mean"]["roc_auc"] == {"value": 0.5, "n_tasks": 2}
    assert record["tasks"]["dense"]["roc_auc"] is None
    assert record["tasks"]["dense"]["positives"] == 2


def test_the_average_of_folds_ranks_each_fold_by_itself() -> None:
    labels = np.array([[0.0], [1.0]])
    low, high = np.array([[0.1], [0.2]]), np.array([[0.9], [0.8]])
    folds = [assess(Tasks([Task("a")]), labels, scores) for scores in (low, high)]
    both = average(folds)
    [task] = both.tasks
    assert task.values["roc_auc"] == 0.5
    assert task.counts == {"positives": 2, "negatives": 2, "missing": 0}
    assert both.mean("roc_auc") == (0.5, 1)
    assert both.deviation("roc_auc") == pytest.approx(math.sqrt(0.5))
    assert both.describe_mean("roc_auc") == "0.500 ± 0.707 (1)"
    record = both.to_json()["mean"]["roc_auc"]
    assert record["folds"] == [1.0, 0.0]
    assert json.dumps(record)


def test_a_fold_that_lacks_a_class_does_not_spoil_the_average() -> None:
    scores = np.array([[0.1], [0.2]])
    folds = [assess(Tasks([Task("a")]), np.array([[0.0], [y]]), scores) for y in (0.0, 1.0)]
    assert average(folds).mean("roc_auc") == (1.0, 1)


def test_one_fold_is_its_own_average(classes: Table) -> None:
    evaluation = assess(CLASSES, *classes)
    assert average([evaluation]) is evaluation
    assert math.isnan(evaluation.deviation("roc_auc"))
