from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from molgnn.assess.calibration import Calibration
from molgnn.tasks import Task, TaskKind, Tasks

ONE = Tasks([Task("toxic")])
MIXED = Tasks([Task("toxic"), Task("solubility", TaskKind.REGRESSION), Task("active")])


def simulate(slope: float, intercept: float, n_mols: int, seed: int) -> tuple[np.ndarray, ...]:
    """Return logits z, and labels that are 1 with probability expit(slope * z + intercept)."""
    random = np.random.default_rng(seed)
    logits = random.normal(scale=2, size=(n_mols, 1))
    labels = random.random((n_mols, 1)) < expit(slope * logits + intercept)
    return logits.astype(np.float32), labels.astype(np.float32)


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean gap between what was promised and what came, over ten bins."""
    bins = np.minimum((10 * probabilities).astype(int), 9)
    gaps = [
        (bins == i).mean() * abs(labels[bins == i].mean() - probabilities[bins == i].mean())
        for i in np.unique(bins)
    ]
    return float(np.sum(gaps))


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.4, -1.0), (2.5, 0.7)])
def test_a_known_line_is_recovered(slope: float, intercept: float) -> None:
    calibration = Calibration.fit(ONE, *simulate(slope, intercept, 20_000, seed=0))
    assert calibration.slopes[0] == pytest.approx(slope, rel=0.06)
    assert calibration.intercepts[0] == pytest.approx(intercept, abs=0.08)


def test_probabilities_follow_the_line() -> None:
    calibration = Calibration((0.5,), (-1.0,))
    logits = np.array([[-3.0], [0.0], [4.0]])
    assert calibration(ONE, logits) == pytest.approx(expit(0.5 * logits - 1.0))


@pytest.mark.parametrize(("n_positives", "n_negatives"), [(5, 5), (20, 200)])
def test_labels_told_apart_perfectly_give_no_certainty(n_positives: int, n_negatives: int) -> None:
    labels = np.repeat([1.0, 0.0], [n_positives, n_negatives])[:, None]
    logits = 4 * labels - 1
    probabilities = Calibration.fit(ONE, logits, labels)(ONE, logits)
    assert probabilities[0] == pytest.approx((n_positives + 1) / (n_positives + 2), abs=1e-4)
    assert probabilities[-1] == pytest.approx(1 / (n_negatives + 2), abs=1e-4)


@pytest.mark.parametrize("score", [brier_score_loss, log_loss, expected_calibration_error])
def test_an_overconfident_model_is_put_right_on_fresh_molecules(score: object) -> None:
    calibration = Calibration.fit(ONE, *simulate(0.3, -0.5, 400, seed=0))
    logits, labels = simulate(0.3, -0.5, 5_000, seed=1)
    before, after = expit(logits)[:, 0], calibration(ONE, logits)[:, 0]
    assert score(labels[:, 0], after) < 0.9 * score(labels[:, 0], before)


@pytest.mark.parametrize(("slope", "intercept"), [(0.3, -0.5), (-1.0, 0.0)])
def test_the_order_of_the_molecules_stays(slope: float, intercept: float) -> None:
    logits, labels = simulate(slope, intercept, 500, seed=0)
    probabilities = Calibration.fit(ONE, logits, labels)(ONE, logits)
    assert roc_auc_score(labels, probabilities) == roc_auc_score(labels, logits)


@pytest.mark.parametrize(("n_positives", "n_negatives"), [(0, 0), (4, 300), (300, 4), (0, 50)])
def test_too_few_labels_of_a_class_leave_the_task_as_it_is(
    n_positives: int, n_negatives: int
) -> None:
    labels = np.repeat([1.0, 0.0, math.nan], [n_positives, n_negatives, 100])[:, None]
    logits = np.random.default_rng(0).normal(size=labels.shape)
    assert Calibration.fit(ONE, logits, labels) == Calibration.identity(1)


def test_five_labels_of_either_class_are_enough() -> None:
    labels = np.repeat([1.0, 0.0], 5)[:, None]
    logits = np.random.default_rng(0).normal(size=labels.shape)
    assert Calibration.fit(ONE, logits, labels) != Calibration.identity(1)


def test_unmeasured_labels_and_missing_outputs_do_not_count() -> None:
    logits, labels = simulate(0.4, -1.0, 500, seed=0)
    padded_logits = np.concatenate([logits, [[3.0], [math.nan], [math.inf]]]).astype(np.float32)
    padded_labels = np.concatenate([labels, [[math.nan], [1.0], [0.0]]]).astype(np.float32)
    expected = Calibration.fit(ONE, logits, labels)
    assert Calibration.fit(ONE, padded_logits, padded_labels) == expected


def test_regressions_pass_through_unchanged() -> None:
    logits, labels = simulate(0.4, -1.0, 500, seed=0)
    values = np.random.default_rng(0).normal(scale=1e3, size=logits.shape).astype(np.float32)
    outputs = np.concatenate([logits, values, logits], axis=1)
    calibration = Calibration.fit(MIXED, outputs, np.concatenate([labels, values, labels], axis=1))
    calibrated = calibration(MIXED, outputs)
    assert np.array_equal(calibrated[:, 1], values[:, 0])
    assert (calibration.slopes[1], calibration.intercepts[1]) == (1.0, 0.0)
    assert calibration.slopes[0] == calibration.slopes[2] != 1.0


def test_the_identity_gives_the_networks_own_probabilities() -> None:
    logits = np.random.default_rng(0).normal(size=(20, 1))
    assert Calibration.identity(1)(ONE, logits) == pytest.approx(expit(logits), rel=1e-12)


def test_it_survives_json() -> None:
    calibration = Calibration.fit(ONE, *simulate(0.4, -1.0, 500, seed=0))
    assert Calibration.from_json(json.loads(json.dumps(calibration.to_json()))) == calibration


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e4, 1e30])
@pytest.mark.parametrize("separable", [True, False])
def test_logits_of_any_size_give_finite_lines_and_probabilities(
    size: float, separable: bool
) -> None:
    logits, labels = simulate(1e3 if separable else 0.3, 0.0, 200, seed=0)
    logits *= size
    calibration = Calibration.fit(ONE, logits, labels)
    assert np.isfinite([calibration.slopes, calibration.intercepts]).all()
    assert calibration.slopes[0] > 0
    probabilities = calibration(ONE, logits)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_probabilities_keep_the_precision_of_the_outputs(dtype: type) -> None:
    assert Calibration((0.5,), (-1.0,))(ONE, np.zeros((2, 1), dtype=dtype)).dtype == dtype


def test_a_missing_output_stays_missing() -> None:
    assert np.isnan(Calibration((0.5,), (-1.0,))(ONE, np.array([[math.nan]]))).all()


@pytest.mark.parametrize("n_models", [3, 5])
def test_the_mean_of_several_models_is_as_sure_of_itself_as_it_may_be(n_models: int) -> None:
    random, n_mols = np.random.default_rng(0), 20_000
    truth = random.normal(size=n_mols)
    labels = (random.random((n_mols, 1)) < expit(1.5 * truth[:, None] - 1)).astype(np.float32)
    outputs = (0.5 + truth + random.normal(scale=0.7, size=(n_models, n_mols)))[..., None]
    fold = np.arange(n_mols) % n_models
    is_unseen = np.array([(fold == i) | (fold == (i + 1) % n_models) for i in range(n_models)])
    alone = Calibration.fit(ONE, outputs[0], labels)
    best = Calibration.fit(ONE, outputs.mean(axis=0), labels)
    together = alone.for_mean(outputs, is_unseen)
    assert alone.slopes[0] < 0.85 * best.slopes[0]
    assert together.slopes[0] == pytest.approx(best.slopes[0], rel=0.08)
    assert together.intercepts[0] == pytest.approx(best.intercepts[0], abs=0.15)


def test_values_and_tasks_that_were_not_fitted_stay_as_they_are_in_a_mean() -> None:
    outputs = np.random.default_rng(0).normal(size=(3, 50, 3))
    calibration = Calibration((1.0, 1.0, 2.0), (0.0, 0.0, 0.1))
    together = calibration.for_mean(outputs, np.ones((3, 50), dtype=bool))
    assert together.slopes[:2] == (1.0, 1.0)
    assert together.intercepts[:2] == (0.0, 0.0)
    assert 2.0 < together.slopes[2] <= 6.0


def test_models_that_share_no_new_molecule_keep_their_calibration() -> None:
    calibration = Calibration((2.0,), (0.1,))
    outputs = np.random.default_rng(0).normal(size=(2, 10, 1))
    is_unseen = np.array([[True] * 5 + [False] * 5, [False] * 5 + [True] * 5])
    assert calibration.for_mean(outputs, is_unseen) == calibration


def test_outputs_that_never_differ_keep_their_calibration() -> None:
    calibration = Calibration((2.0,), (0.1,))
    assert calibration.for_mean(np.ones((3, 9, 1)), np.ones((3, 9), dtype=bool)) == calibration


def test_the_largest_logits_give_0_and_1_without_an_overflow() -> None:
    logits = np.array([[-np.inf], [-1e4], [0.0], [1e4], [np.inf]], dtype=np.float32)
    assert Calibration.identity(1)(ONE, logits)[:, 0].tolist() == [0, 0, 0.5, 1, 1]
