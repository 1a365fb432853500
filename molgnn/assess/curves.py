"""The points of the curves that show how good predictions are, on the labels that exist."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from sklearn import metrics as sk

N_BINS = 10

Labels = Float[np.ndarray, " mols"]
Measured = Float[np.ndarray, " measured"]
Points = Float[np.ndarray, " points"]


class Curve(NamedTuple):
    """Points from left to right."""

    x: Points
    y: Points


def roc_curve(labels: Labels, scores: Labels) -> Curve | None:
    """Return the true positive rate against the false positive rate.

    None where the measured labels are of one class.
    """
    truth, guess = measured(labels, scores)
    if not 0 < truth.sum() < len(truth):
        return None
    false_positives, true_positives, _ = sk.roc_curve(truth, guess)
    return Curve(false_positives, true_positives)


def precision_recall_curve(labels: Labels, scores: Labels) -> Curve | None:
    """Return the precision against the recall; None as in `roc_curve`."""
    truth, guess = measured(labels, scores)
    if not 0 < truth.sum() < len(truth):
        return None
    precision, recall, _ = sk.precision_recall_curve(truth, guess)
    return Curve(recall[::-1], precision[::-1])


def reliability_curve(labels: Labels, probabilities: Labels) -> Curve | None:
    """Return the share of positives against the mean probability; see `binned_means`."""
    truth, guess = measured(labels, probabilities)
    return binned_means(guess, truth)


def binned_means(x: Measured, y: Measured) -> Curve | None:
    """Return the means of y against those of x, in bins of equally many points.

    None where there are no points.
    """
    if not len(x):
        return None
    order = np.argsort(x, kind="stable")
    bins = [part for part in np.array_split(order, N_BINS) if len(part)]
    return Curve(
        np.array([x[part].mean() for part in bins]), np.array([y[part].mean() for part in bins])
    )


def measured(labels: Labels, predictions: Labels) -> tuple[Measured, Measured]:
    """Return labels and predictions where there are both."""
    both = ~np.isnan(labels) & ~np.isnan(predictions)
    return labels[both], predictions[both]
