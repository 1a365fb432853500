"""Rows of the same molecule become one, as the user says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.tables.duplicates import (
    Duplicates,
    contradicts,
    merge_labels,
    min_contradiction,
)
from molgnn.tasks import Task, TaskKind, Tasks

NAN = np.nan
TASKS = Tasks([Task("logP", TaskKind.REGRESSION), Task("toxic")])
KEYS = ["a", "b", "a", "c", "a", "b"]
LABELS = np.array([[1.0, 1], [5.0, 0], [2.0, 1], [7.0, NAN], [9.0, 0], [5.5, 1]], dtype=np.float32)


@pytest.mark.parametrize(
    ("how", "values"), [("mean", [4, 5.25, 7]), ("median", [2, 5.25, 7]), ("drop", [NAN, 5.25, 7])]
)
def test_values_are_averaged_and_contradictions_dropped(how: str, values: list[float]) -> None:
    merged = merge_labels(KEYS, LABELS, TASKS, Duplicates(how))
    np.testing.assert_array_equal(merged.rows, [0, 1, 3])
    np.testing.assert_array_equal(merged.first, [0, 1, 0, 3, 0, 1])
    np.testing.assert_allclose(merged.labels[:, 0], values)


@pytest.mark.parametrize("how", ["mean", "median"])
def test_classes_go_by_majority_and_a_tie_was_not_measured(how: str) -> None:
    merged = merge_labels(KEYS, LABELS, TASKS, Duplicates(how))
    np.testing.assert_array_equal(merged.labels[:, 1], [1, NAN, NAN])
    assert merged.n_lost == {"toxic": 1}


def test_classes_that_contradict_each_other_are_dropped() -> None:
    merged = merge_labels(KEYS, LABELS, TASKS, Duplicates.DROP)
    np.testing.assert_array_equal(merged.labels[:, 1], [NAN, NAN, NAN])
    assert merged.n_lost == {"logP": 1, "toxic": 2}


def test_what_was_measured_once_is_filled_in() -> None:
    labels = np.array([[NAN, 1], [2.0, NAN]], dtype=np.float32)
    merged = merge_labels([7, 7], labels, TASKS, Duplicates.DROP)
    np.testing.assert_array_equal(merged.labels, [[2, 1]])
    assert np.isnan(labels[0, 0])


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([0.0, 1.0, 2.5, NAN]))))
def test_there_is_one_row_per_molecule_and_no_new_value_beyond_the_old(
    cells: list[tuple[int, float]],
) -> None:
    keys = [key for key, _ in cells]
    labels = np.array([[value, NAN] for _, value in cells], dtype=np.float32).reshape(-1, 2)
    for how in (Duplicates.MEAN, Duplicates.MEDIAN, Duplicates.DROP):
        merged = merge_labels(keys, labels, TASKS, how)
        assert [keys[row] for row in merged.rows] == list(dict.fromkeys(keys))
        for key, value in zip(dict.fromkeys(keys), merged.labels[:, 0], strict=True):
            own = [label for other, label in cells if other == key and not np.isnan(label)]
            assert np.isnan(value) or min(own) <= value <= max(own)


def test_values_contradict_from_half_a_deviation_on_and_classes_at_once() -> None:
    values = np.array([0, 1, 2, 3], dtype=np.float32)
    least = min_contradiction(TASKS[0], values)
    assert least == pytest.approx(values.std() / 2)
    assert not contradicts(np.array([0, NAN, 0.5]), least)
    assert contradicts(np.array([0, 0.6]), least)
    assert contradicts(np.array([0, 1]), min_contradiction(TASKS[1], np.array([0, 1])))
    assert not contradicts(np.array([NAN]), 0.0)
