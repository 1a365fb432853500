"""Plots of probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from molgnn.assess.curves import Curve, precision_recall_curve, reliability_curve, roc_curve
from molgnn.report.content import Judged
from molgnn.report.style import (
    FAINT,
    NEARNESS,
    NEGATIVE,
    POSITIVE,
    draw_errors_by_nearness,
    draw_lines,
    explain,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Labels = Float[np.ndarray, " mols"]
ONE_CLASS = "the labels are of one class"
NOTHING = "nothing was measured"


def draw_classification(axes: list[Axes], judged: Judged, index: int) -> None:
    """Draw ROC, precision and recall, calibration, and the scores against the similarity.

    Curves that rank are drawn fold by fold, the calibration of all folds together.
    """
    roc, precision, reliability, model, forest, errors = axes
    folds = judged.by_fold()
    _draw_curves(roc, roc_curve, folds, index, ONE_CLASS)
    roc.plot([0, 1], [0, 1], color=FAINT, lw=1, zorder=0)
    tidy(roc, "ROC", "negatives taken along", "positives found")
    _draw_curves(precision, precision_recall_curve, folds, index, ONE_CLASS)
    tidy(precision, "precision and recall", "positives found", "share of calls that are right")
    precision.set_ylim(0, 1.03)
    _draw_curves(reliability, reliability_curve, [judged], index, NOTHING, marker="o")
    reliability.plot([0, 1], [0, 1], color=FAINT, lw=1, zorder=0)
    tidy(reliability, "calibration", "mean probability", "share of positives")
    labels = judged.labels[:, index]
    for plot, scores, name in ((model, judged.model, "model"), (forest, judged.forest, "forest")):
        _draw_scores(plot, judged.similarity, labels, scores[:, index])
        tidy(plot, f"scores of the {name} by similarity", NEARNESS, "probability")
        plot.set_ylim(-0.03, 1.03)
    draw_errors_by_nearness(errors, judged, index, square=True)
    tidy(errors, "error by similarity", NEARNESS, "Brier score")
    for each in (roc, model, errors):
        explain(each)


def _draw_curves(
    axes: Axes,
    curve: Callable[[Labels, Labels], Curve | None],
    folds: list[Judged],
    index: int,
    otherwise: str,
    marker: str = "",
) -> None:
    forest = [curve(fold.labels[:, index], fold.forest[:, index]) for fold in folds]
    model = [curve(fold.labels[:, index], fold.model[:, index]) for fold in folds]
    draw_lines(axes, model, forest, otherwise, marker)


def _draw_scores(axes: Axes, similarity: Labels, labels: Labels, scores: Labels) -> None:
    for label, colour, name in ((0, NEGATIVE, "measured 0"), (1, POSITIVE, "measured 1")):
        chosen = labels == label
        points = similarity[chosen], scores[chosen]
        axes.scatter(*points, s=7, color=colour, alpha=0.5, lw=0, label=name)
