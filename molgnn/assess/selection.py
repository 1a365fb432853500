"""One number to choose epochs and settings by."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import rankdata

from molgnn.tasks import Tasks

WORST = -1.0


def selection_score(
    tasks: Tasks,
    labels: Float[np.ndarray, "mols tasks"],
    outputs: Float[np.ndarray, "mols tasks"],
    scale: Float[np.ndarray, " tasks"],
) -> float:
    """Return how well outputs fit labels, in one number: larger is better.

    It is the mean ROC-AUC where there are classifications, plus the mean explained share of the
    variance where there are regressions, 1 at best and taken for -1 at worst.

    Parameters
    ----------
    tasks
        The columns of both arrays.
    labels
        NaN where not measured.
    outputs
        Logits or probabilities, of which only the order counts, and values; all finite.
    scale
        The standard deviation of each regression's training labels.

    Returns
    -------
    float
        NaN where the labels define neither.

    Notes
    -----
    R² would hold an error against the spread of the labels at hand. Where these are few, or nearly
    equal, that is next to nothing, and one such task would outweigh all others.
    """
    of_classes, of_values = [], []
    for i, task in enumerate(tasks):
        measured = ~np.isnan(labels[:, i])
        truth, guess = labels[measured, i], outputs[measured, i]
        if not task.is_classification:
            if len(truth):
                error = float(np.mean(((truth - guess) / scale[i]) ** 2))
                of_values.append(max(1.0 - error, WORST))
        elif 0 < (truth == 1).sum() < len(truth):
            of_classes.append(roc_auc(truth == 1, guess))
    means = [float(np.mean(scores)) for scores in (of_classes, of_values) if scores]
    return sum(means) if means else math.nan


def roc_auc(
    is_positive: Bool[np.ndarray, " measured"], outputs: Float[np.ndarray, " measured"]
) -> float:
    """Return the share of pairs of a positive and a negative that are in the right order.

    Every epoch asks for it once per task, and scikit-learn takes twenty times as long.
    """
    n_positive = int(is_positive.sum())
    n_negative = len(is_positive) - n_positive
    in_order = rankdata(outputs)[is_positive].sum() - n_positive * (n_positive + 1) / 2
    return float(in_order / (n_positive * n_negative))
