from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from molgnn.assess.baseline import boosted_trees, random_forest
from molgnn.tasks import Task, TaskKind, Tasks

NAN = math.nan
TASKS = Tasks([Task("class"), Task("value", TaskKind.REGRESSION), Task("other class")])


@pytest.fixture
def fingerprints() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, size=(120, 16)).astype(np.uint8)


@pytest.fixture
def labels(fingerprints: np.ndarray) -> np.ndarray:
    """Return labels that the first columns of the fingerprints tell, with gaps."""
    known = [fingerprints[:, 0] > 0, fingerprints[:, 1], fingerprints[:, 2] > 1]
    labels = np.stack(known, axis=1).astype(float)
    labels[::4, 0] = labels[1::4, 1] = labels[2::4, 2] = NAN
    return labels


def test_each_task_is_learned_from_its_own_labels(
    fingerprints: np.ndarray, labels: np.ndarray
) -> None:
    predictions = random_forest(
        TASKS, fingerprints[:90], labels[:90], fingerprints[90:], n_trees=20
    ).unseen
    assert predictions.shape == (30, 3)
    errors = np.abs(predictions - labels[90:])
    assert (np.nanmean(errors, axis=0) < 0.3).all()


def test_a_seed_gives_the_same_forest(fingerprints: np.ndarray, labels: np.ndarray) -> None:
    first, second, other = (
        random_forest(TASKS, fingerprints, labels, fingerprints, seed=seed, n_trees=20).unseen
        for seed in (1, 1, 2)
    )
    # The trees' votes are added up by threads, in an order that changes the last bit.
    np.testing.assert_allclose(first, second, rtol=1e-12)
    assert not np.allclose(first, other)


def test_a_task_without_labels_has_no_predictions(
    fingerprints: np.ndarray, labels: np.ndarray
) -> None:
    labels[:, 1] = NAN
    predictions = random_forest(TASKS, fingerprints, labels, fingerprints, n_trees=20).unseen
    assert np.isnan(predictions[:, 1]).all()
    assert not np.isnan(predictions[:, [0, 2]]).any()


@pytest.mark.parametrize("only", [0.0, 1.0])
def test_a_task_of_one_class_predicts_it(
    fingerprints: np.ndarray, labels: np.ndarray, only: float
) -> None:
    labels[:, 0] = np.where(np.isnan(labels[:, 0]), NAN, only)
    predictions = random_forest(TASKS, fingerprints, labels, fingerprints, n_trees=20).unseen
    assert (predictions[:, 0] == only).all()


def test_boosted_trees_learn_each_task_from_its_own_labels(
    fingerprints: np.ndarray, labels: np.ndarray
) -> None:
    features = fingerprints.astype(float)
    predictions = boosted_trees(TASKS, features[:90], labels[:90], features[90:], n_rounds=200)
    errors = np.abs(predictions - labels[90:])
    assert (np.nanmean(errors, axis=0) < 0.4).all()
    again = boosted_trees(TASKS, features[:90], labels[:90], features[90:], n_rounds=200)
    np.testing.assert_array_equal(predictions, again)


def test_boosted_trees_do_not_guess_a_task_without_labels_nor_doubt_a_single_class(
    fingerprints: np.ndarray, labels: np.ndarray
) -> None:
    features = fingerprints.astype(float)
    labels[:, 1] = NAN
    labels[:, 2] = np.where(np.isnan(labels[:, 2]), NAN, 1.0)
    predictions = boosted_trees(TASKS, features[:90], labels[:90], features[90:], n_rounds=200)
    assert np.isnan(predictions[:, 1]).all()
    assert (predictions[:, 2] == 1.0).all()


def test_sparse_features_are_learned_from_as_dense_ones_are(
    fingerprints: np.ndarray, labels: np.ndarray
) -> None:
    dense = fingerprints.astype(np.float32)
    sparse = csr_matrix(dense)
    forests = [
        random_forest(TASKS, each, labels, each[:7], n_trees=20).unseen for each in (dense, sparse)
    ]
    np.testing.assert_allclose(*forests, rtol=1e-12)
    boosted = [
        boosted_trees(TASKS, each, labels, each[:7], n_rounds=20) for each in (dense, sparse)
    ]
    np.testing.assert_allclose(*boosted, rtol=1e-12)
