from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc, f1_score, matthews_corrcoef, roc_auc_score

from molgnn.assess.curves import (
    binned_means,
    precision_recall_curve,
    reliability_curve,
    roc_curve,
)
from molgnn.assess.thresholds import Confusion, choose_threshold

LABELS = np.array([0, 0, 1, 1, np.nan, 1, 0, 0], dtype=float)
SCORES = np.array([0.1, 0.4, 0.35, 0.8, 0.99, 0.7, np.nan, 0.2])


def test_the_area_under_the_roc_curve_is_the_roc_auc_of_the_measured_labels() -> None:
    curve = roc_curve(LABELS, SCORES)
    assert curve is not None
    used = ~np.isnan(LABELS) & ~np.isnan(SCORES)
    assert auc(curve.x, curve.y) == pytest.approx(roc_auc_score(LABELS[used], SCORES[used]))


def test_precision_is_drawn_from_the_first_positive_found_to_the_last() -> None:
    curve = precision_recall_curve(LABELS, SCORES)
    assert curve is not None
    assert (curve.x[0], curve.x[-1]) == (0, 1)
    assert (np.diff(curve.x) >= 0).all()


@pytest.mark.parametrize("curve", [roc_curve, precision_recall_curve])
@pytest.mark.parametrize("only", [0.0, 1.0, np.nan])
def test_labels_of_one_class_have_no_curve(curve: object, only: float) -> None:
    assert curve(np.full(4, only), np.linspace(0, 1, 4)) is None


def test_reliability_compares_what_was_said_with_what_came() -> None:
    random = np.random.default_rng(0)
    said = random.random(20_000)
    curve = reliability_curve((random.random(20_000) < said).astype(float), said)
    assert curve is not None
    assert len(curve.x) == 10
    np.testing.assert_allclose(curve.y, curve.x, atol=0.05)
    assert reliability_curve(np.full(3, np.nan), np.ones(3)) is None


def test_the_threshold_is_where_sensitivity_and_specificity_are_largest_together() -> None:
    threshold = choose_threshold(LABELS, SCORES)
    best = Confusion.at(threshold, LABELS, SCORES).balanced_accuracy
    others = [Confusion.at(t, LABELS, SCORES).balanced_accuracy for t in np.linspace(0, 1, 101)]
    assert best == max(others)
    assert choose_threshold(np.ones(3), np.array([0.1, 0.2, 0.3])) == 0.5


def test_decisions_are_counted_on_what_was_measured() -> None:
    confusion = Confusion.at(0.5, LABELS, SCORES)
    assert confusion == Confusion(0.5, 2, 0, 3, 1)
    assert confusion.sensitivity == pytest.approx(2 / 3)
    assert (confusion.specificity, confusion.precision) == (1.0, 1.0)
    assert np.isnan(Confusion.at(0.5, np.zeros(2), np.zeros(2)).sensitivity)


def test_f1_and_mcc_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    labels, scores = (random.random(200) < 0.3).astype(float), random.random(200)
    confusion = Confusion.at(0.6, labels, scores)
    assert confusion.f1 == pytest.approx(f1_score(labels, scores >= 0.6))
    assert confusion.mcc == pytest.approx(matthews_corrcoef(labels, scores >= 0.6))
    assert np.isnan(Confusion.at(0.5, np.ones(2), np.ones(2)).mcc)


def test_bins_of_equally_many_points_are_drawn_at_their_means() -> None:
    curve = binned_means(np.arange(40.0)[::-1], np.arange(40.0)[::-1] * 2)
    assert curve is not None
    np.testing.assert_allclose(curve.x, np.arange(10) * 4 + 1.5)
    np.testing.assert_allclose(curve.y, curve.x * 2)
