"""What every baseline owes: tuned on validation molecules, measured labels alone, repeatable."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from molgnn.assess.baselines import BASELINES, random_forest
from molgnn.assess.baselines.tuned import FittedBaseline, fit_baseline
from molgnn.chem.splits import Split
from molgnn.errors import UnknownName
from molgnn.tasks import Task, TaskKind, Tasks

NAN = math.nan
TASKS = Tasks([Task("class"), Task("value", TaskKind.REGRESSION), Task("other class")])
every_baseline = pytest.mark.parametrize("name", BASELINES)


@pytest.fixture(scope="module", autouse=True)
def _small_forests() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(random_forest, "N_TREES", 20)
        patch.setattr(random_forest, "N_TRIAL_TREES", 5)
        yield


def fit(
    name: str, features: csr_matrix, labels: np.ndarray, split: Split, seed: int = 0, n: int = 1
) -> FittedBaseline:
    return fit_baseline(name, TASKS, features, labels, split, seed=seed, n_threads=n)


@every_baseline
def test_each_task_is_learned_from_its_own_labels(
    name: str, features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    found = fit(name, features, labels, split)
    errors = np.abs(found.values - labels)[split.test]
    assert (np.nanmean(errors, axis=0) < 0.45).all()
    assert np.isnan(found.values[split.train]).all()
    assert set(found.settings) == set(TaskKind)


@every_baseline
def test_a_seed_gives_the_same_trees_whatever_the_number_of_threads(
    name: str, features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    first, again, other = (
        fit(name, features, labels, split, seed, n).values for seed, n in ((1, 1), (1, 2), (2, 1))
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other, equal_nan=True)


@every_baseline
def test_labels_of_test_molecules_change_nothing(
    name: str, features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    before = fit(name, features, labels, split)
    labels[split.test] = 1 - labels[split.test]
    after = fit(name, features, labels, split)
    np.testing.assert_array_equal(before.values, after.values)
    assert before.settings == after.settings


@every_baseline
def test_the_setting_is_the_one_that_does_best_on_validation_molecules(
    name: str,
    features: csr_matrix,
    labels: np.ndarray,
    split: Split,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    useless = {
        "forest": {"max_features": "log2", "min_samples_leaf": 45},
        "lightgbm": {"learning_rate": 1e-9, "num_leaves": 2, "feature_fraction": 0.01},
    }[name]
    useful = BASELINES[name].settings[TaskKind.REGRESSION][0]
    settings = dict.fromkeys(TaskKind, (useless, useful))
    monkeypatch.setattr(BASELINES[name], "settings", settings)
    found = fit(name, features, labels, split).settings[TaskKind.REGRESSION]
    assert all(f"{key}={value}" in found for key, value in useful.items())


@every_baseline
def test_a_task_without_labels_has_no_predictions_and_one_of_a_single_class_has_that(
    name: str, features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    labels[:, 1] = NAN
    labels[:, 2] = np.where(np.isnan(labels[:, 2]), NAN, 1.0)
    values = fit(name, features, labels, split).values
    assert np.isnan(values[:, 1]).all()
    assert (values[split.test, 2] == 1).all()
    assert not np.isnan(values[split.test, 0]).any()


@every_baseline
def test_without_validation_molecules_the_first_setting_is_taken(
    name: str, features: csr_matrix, labels: np.ndarray
) -> None:
    split = Split(np.arange(120), np.arange(0), np.arange(120, 150))
    found = fit(name, features, labels, split)
    assert not np.isnan(found.values[split.test]).any()
    for kind in TaskKind:
        first = BASELINES[name].settings[kind][0]
        assert all(f"{key}={value}" in found.settings[kind] for key, value in first.items())


@every_baseline
def test_probabilities_are_calibrated_on_the_validation_molecules(
    name: str, features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    found = fit(name, features, labels, split).values[split.valid, 0]
    known = ~np.isnan(labels[split.valid, 0])
    shares = labels[split.valid, 0][known].mean(), found[known].mean()
    assert shares[0] == pytest.approx(shares[1], abs=0.05)


def test_rare_features_are_left_out(features: csr_matrix, labels: np.ndarray, split: Split) -> None:
    rare = np.zeros((150, 1), dtype=np.float32)
    rare[:4] = 1  # of 90 molecules
    wide = csr_matrix(np.hstack([features.toarray(), rare]))
    np.testing.assert_array_equal(
        fit("lightgbm", wide, labels, split).values,
        fit("lightgbm", features, labels, split).values,
    )


def test_a_baseline_that_nobody_knows_is_an_error(
    features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    with pytest.raises(UnknownName, match="forest"):
        fit("florest", features, labels, split)
