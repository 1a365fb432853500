"""One number says which epoch is better, whatever the labels are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from molgnn.assess.selection import roc_auc, selection_score
from molgnn.tasks import Task, TaskKind, Tasks

NAN = math.nan
CLASSES = Tasks([Task("a"), Task("b")])
VALUES = Tasks([Task("a", TaskKind.REGRESSION), Task("b", TaskKind.REGRESSION)])
MIXED = Tasks([Task("class"), Task("value", TaskKind.REGRESSION)])
UNIT = np.ones(2, dtype=np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_the_roc_auc_is_scikit_learn_s_ties_included(seed: int) -> None:
    random = np.random.default_rng(seed)
    labels, outputs = random.random(200) < 0.2, random.integers(0, 30, 200).astype(np.float32)
    assert roc_auc(labels, outputs) == pytest.approx(roc_auc_score(labels, outputs))


def test_classes_are_judged_by_the_mean_roc_auc_of_what_was_measured() -> None:
    labels = np.array([[0, 1], [1, NAN], [NAN, 0], [0, 1]])
    outputs = np.array([[0.1, -2.0], [0.9, 9.0], [5.0, 3.0], [0.2, 4.0]])
    assert selection_score(CLASSES, labels, outputs, UNIT) == (1.0 + 0.5) / 2


def test_a_task_of_one_class_counts_for_nothing() -> None:
    labels = np.array([[0.0, 1.0], [1.0, 1.0]])
    assert selection_score(CLASSES, labels, np.array([[0.0, 5.0], [1.0, -5.0]]), UNIT) == 1.0


def test_values_are_judged_by_the_explained_share_of_the_training_variance() -> None:
    labels = np.array([[1.0, NAN], [3.0, NAN]])
    outputs = np.array([[2.0, 0.0], [2.0, 0.0]])
    assert selection_score(VALUES, labels, outputs, np.array([2.0, 1.0])) == 0.75


def test_classes_and_values_add_up() -> None:
    labels = np.array([[0.0, 1.0], [1.0, 2.0]])
    assert selection_score(MIXED, labels, labels, UNIT) == 2.0


def test_a_task_with_hardly_any_spread_does_not_outweigh_the_others() -> None:
    random = np.random.default_rng(0)
    labels = np.stack([random.normal(size=50), np.full(50, NAN)], axis=1)
    labels[:2, 1] = 5.00, 5.01
    good = np.stack([labels[:, 0] + 0.1, np.full(50, 5.3)], axis=1)
    bad = np.stack([labels[:, 0] + 1.0, np.full(50, 5.1)], axis=1)
    scores = [selection_score(VALUES, labels, outputs, UNIT) for outputs in (good, bad)]
    assert scores[0] > scores[1]


def test_a_hopeless_task_costs_so_much_and_no_more() -> None:
    labels = np.array([[1.0, 1.0], [3.0, 3.0]])
    outputs = np.array([[1.0, 1e6], [3.0, -1e6]])
    assert selection_score(VALUES, labels, outputs, UNIT) == 0.0


def test_nothing_measured_gives_no_score() -> None:
    assert math.isnan(selection_score(MIXED, np.full((2, 2), NAN), np.zeros((2, 2)), UNIT))
