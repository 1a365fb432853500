"""The pictures of one task."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from molgnn.assess.curves import (
    Curve,
    measured,
    precision_recall_curve,
    reliability_curve,
    roc_curve,
)
from molgnn.report.content import Judged
from molgnn.report.style import (
    FAINT,
    FOREST,
    MODEL,
    NEGATIVE,
    POSITIVE,
    explain,
    say_nothing,
    tidy,
)
from molgnn.tasks import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Labels = Float[np.ndarray, " mols"]
ONE_CLASS = "the labels are of one class"


def draw_task(task: Task, index: int, judged: Judged) -> Figure:
    """Draw what there is to see of a task's predictions, four plots side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.5, 3.1), layout="constrained")
    axes = figure.subplots(1, 4)
    draw = _draw_classification if task.is_classification else _draw_regression
    draw(list(axes), judged, index, task.unit)
    return figure


def _draw_classification(axes: list[Axes], judged: Judged, index: int, unit: str) -> None:
    labels, model, forest = (a[:, index] for a in (judged.labels, judged.model, judged.forest))
    roc, precision, reliability, similarity = axes
    _draw_curves(roc, roc_curve, labels, model, forest)
    roc.plot([0, 1], [0, 1], color=FAINT, lw=1, zorder=0)
    tidy(roc, "ROC", "negatives taken along", "positives found")
    _draw_curves(precision, precision_recall_curve, labels, model, forest)
    tidy(precision, "precision and recall", "positives found", "share of calls that are right")
    precision.set_ylim(0, 1.03)
    _draw_curves(reliability, reliability_curve, labels, model, forest, marker="o")
    reliability.plot([0, 1], [0, 1], color=FAINT, lw=1, zorder=0)
    tidy(reliability, "calibration", "mean probability", "share of positives")
    _draw_scores(similarity, judged.similarity, labels, model)
    tidy(similarity, "score by similarity", "similarity to what was learned", "probability")
    for each in (roc, similarity):
        explain(each)


def _draw_curves(
    axes: Axes,
    curve: Callable[[Labels, Labels], Curve | None],
    labels: Labels,
    model: Labels,
    forest: Labels,
    marker: str = "",
) -> None:
    drawn = False
    for scores, colour, name in ((forest, FOREST, "random forest"), (model, MODEL, "model")):
        points = curve(labels, scores)
        if points is not None:
            axes.plot(points.x, points.y, color=colour, lw=1.4, label=name, marker=marker, ms=3)
            drawn = True
    if not drawn:
        say_nothing(axes, ONE_CLASS)


def _draw_scores(axes: Axes, similarity: Labels, labels: Labels, model: Labels) -> None:
    for label, colour, name in ((0, NEGATIVE, "measured 0"), (1, POSITIVE, "measured 1")):
        chosen = labels == label
        axes.scatter(
            similarity[chosen], model[chosen], s=7, color=colour, alpha=0.5, lw=0, label=name
        )


def _draw_regression(axes: list[Axes], judged: Judged, index: int, unit: str) -> None:
    labels = judged.labels[:, index]
    value = f"value [{unit}]" if unit else "value"
    scatter, histogram, similarity, forest_scatter = axes
    for plot, predictions, colour, name in (
        (scatter, judged.model[:, index], MODEL, "model"),
        (forest_scatter, judged.forest[:, index], FOREST, "random forest"),
    ):
        truth, guess = measured(labels, predictions)
        plot.scatter(truth, guess, s=8, color=colour, alpha=0.5, lw=0)
        if len(truth):
            ends = [min(truth.min(), guess.min()), max(truth.max(), guess.max())]
            plot.plot(ends, ends, color=FAINT, lw=1, zorder=0)
        tidy(plot, name, f"measured {value}", f"predicted {value}")
    errors = judged.model[:, index] - labels
    found = errors[~np.isnan(errors)]
    if len(found):
        histogram.hist(found, bins=30, color=MODEL, alpha=0.8)
        histogram.axvline(0, color=FAINT, lw=1)
    tidy(histogram, "errors of the model", "predicted less measured", "molecules")
    similarity.scatter(judged.similarity, np.abs(errors), s=8, color=MODEL, alpha=0.5, lw=0)
    tidy(similarity, "error by similarity", "similarity to what was learned", "absolute error")
