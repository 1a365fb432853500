"""Plots of a classification: ROC, precision-recall and calibration curves, scores by similarity."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from molgnn.assess.curves import Curve, precision_recall_curve, reliability_curve, roc_curve
from molgnn.report.content import MODEL, EvaluatedMolecules
from molgnn.report.style import (
    FAINT,
    NEGATIVE,
    POSITIVE,
    SIMILARITY,
    add_legend,
    draw_errors_by_similarity,
    draw_lines,
    label_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Labels = Float[np.ndarray, " mols"]
ONE_CLASS = "the labels are of one class"
NOTHING = "nothing was measured"


def draw_classification(axes: list[Axes], molecules: EvaluatedMolecules, index: int) -> None:
    """Draw ROC, precision-recall and calibration curves, and the scores against the similarity.

    Curves that rank are drawn fold by fold, the calibration of all folds together.
    """
    roc, precision, reliability, scores, errors = axes
    folds = molecules.by_fold()
    _draw_curves(roc, roc_curve, folds, index, ONE_CLASS)
    roc.plot([0, 1], [0, 1], color=FAINT, lw=1, zorder=0)
    label_axes(roc, "ROC curve", "false positive rate", "true positive rate")
    _draw_curves(precision, precision_recall_curve, folds, index, ONE_CLASS)
    label_axes(precision, "precision-recall curve", "recall", "precision")
    precision.set_ylim(0, 1.03)
    _draw_curves(reliability, reliability_curve, [molecules], index, NOTHING, marker="o")
    reliability.plot([0, 1], [0, 1], color=FAINT, lw=1, zorder=0)
    label_axes(
        reliability, "calibration curve", "mean predicted probability", "fraction of positives"
    )
    model = molecules.predictions[MODEL][:, index]
    _draw_scores(scores, molecules.similarity, molecules.labels[:, index], model)
    label_axes(scores, "scores of the model by similarity", SIMILARITY, "probability")
    scores.set_ylim(-0.03, 1.03)
    draw_errors_by_similarity(errors, molecules, index, square=True)
    label_axes(errors, "error by similarity", SIMILARITY, "Brier score")
    for each in (roc, scores):
        add_legend(each)


def _draw_curves(
    axes: Axes,
    curve: Callable[[Labels, Labels], Curve | None],
    folds: list[EvaluatedMolecules],
    index: int,
    otherwise: str,
    marker: str = "",
) -> None:
    curves = {
        name: [curve(fold.labels[:, index], fold.predictions[name][:, index]) for fold in folds]
        for name in folds[0].predictions
    }
    draw_lines(axes, curves, otherwise, marker)


def _draw_scores(axes: Axes, similarity: Labels, labels: Labels, scores: Labels) -> None:
    for label, colour, name in ((0, NEGATIVE, "measured 0"), (1, POSITIVE, "measured 1")):
        chosen = labels == label
        points = similarity[chosen], scores[chosen]
        axes.scatter(*points, s=7, color=colour, alpha=0.5, lw=0, label=name)
