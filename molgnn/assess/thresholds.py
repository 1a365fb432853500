"""From probabilities to decisions, and how these turn out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from sklearn import metrics as sk

from molgnn.assess.curves import measured

UNDECIDED = 0.5
"""The threshold where the labels are of one class, and tell nothing of a better one."""

Labels = Float[np.ndarray, " mols"]


def choose_threshold(labels: Labels, probabilities: Labels) -> float:
    """Return the probability from which on to say yes: where sensitivity + specificity is largest.

    Choose it on validation molecules: on the test's own it would flatter.

    Notes
    -----
    Youden, "Index for rating diagnostic tests", Cancer 1950, 3, 32.
    """
    truth, guess = measured(labels, probabilities)
    if not 0 < truth.sum() < len(truth):
        return UNDECIDED
    false_positives, true_positives, thresholds = sk.roc_curve(truth, guess)
    best = int(np.argmax(true_positives - false_positives))
    return float(min(thresholds[best], 1.0))


@dataclass(frozen=True)
class Confusion:
    """What decisions at a threshold come to.

    Parameters
    ----------
    threshold
        From which probability on a molecule is called positive.
    true_positives, false_positives, true_negatives, false_negatives
        How many measured molecules.
    """

    threshold: float
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int

    @classmethod
    def at(cls, threshold: float, labels: Labels, probabilities: Labels) -> Confusion:
        """Count the decisions on the labels that exist."""
        truth, guess = measured(labels, probabilities)
        called, is_positive = guess >= threshold, truth == 1
        return cls(
            threshold,
            int((called & is_positive).sum()),
            int((called & ~is_positive).sum()),
            int((~called & ~is_positive).sum()),
            int((~called & is_positive).sum()),
        )

    @property
    def sensitivity(self) -> float:
        """The share of the positives that were found; NaN without positives."""
        return _share(self.true_positives, self.false_negatives)

    @property
    def specificity(self) -> float:
        """The share of the negatives that were left alone; NaN without negatives."""
        return _share(self.true_negatives, self.false_positives)

    @property
    def precision(self) -> float:
        """The share of the positive calls that were right; NaN without calls."""
        return _share(self.true_positives, self.false_positives)

    @property
    def balanced_accuracy(self) -> float:
        """The mean of sensitivity and specificity."""
        return (self.sensitivity + self.specificity) / 2

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and sensitivity; NaN with neither positives nor calls."""
        right = 2 * self.true_positives
        return _share(right, self.false_positives + self.false_negatives)

    @property
    def mcc(self) -> float:
        """Matthews' correlation, from -1 to 1; NaN where labels or decisions are all of a kind."""
        right = self.true_positives * self.true_negatives
        wrong = self.false_positives * self.false_negatives
        margins = (
            (self.true_positives + self.false_negatives)
            * (self.true_negatives + self.false_positives)
            * (self.true_positives + self.false_positives)
            * (self.true_negatives + self.false_negatives)
        )
        return (right - wrong) / math.sqrt(margins) if margins else math.nan


def _share(right: int, wrong: int) -> float:
    return right / (right + wrong) if right + wrong else math.nan
