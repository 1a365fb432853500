"""Plots of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from molgnn.assess.curves import measured
from molgnn.report.content import Judged
from molgnn.report.style import (
    FAINT,
    FOREST,
    MODEL,
    NEARNESS,
    draw_errors_by_nearness,
    explain,
    tidy,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 30


def draw_regression(axes: list[Axes], judged: Judged, index: int, unit: str) -> None:
    """Draw predictions against measured values, the errors, and these against the similarity."""
    model, forest, histogram, of_model, of_forest, errors = axes
    labels = judged.labels[:, index]
    value = f"value [{unit}]" if unit else "value"
    known = []
    for scatter, nearness, predictions, colour, name in (
        (model, of_model, judged.model[:, index], MODEL, "model"),
        (forest, of_forest, judged.forest[:, index], FOREST, "forest"),
    ):
        truth, guess = measured(labels, predictions)
        known.append(guess - truth)
        scatter.scatter(truth, guess, s=8, color=colour, alpha=0.5, lw=0)
        if len(truth):
            ends = [min(truth.min(), guess.min()), max(truth.max(), guess.max())]
            scatter.plot(ends, ends, color=FAINT, lw=1, zorder=0)
        tidy(scatter, f"predictions of the {name}", f"measured {value}", f"predicted {value}")
        distances = np.abs(predictions - labels)
        nearness.scatter(judged.similarity, distances, s=8, color=colour, alpha=0.5, lw=0)
        tidy(nearness, f"errors of the {name} by similarity", NEARNESS, "absolute error")
    of_forest.sharey(of_model)
    both = np.concatenate(known)
    if len(both):
        edges = list(np.histogram_bin_edges(both, BINS))
        for found, colour, name in zip(known, (MODEL, FOREST), ("model", "forest"), strict=True):
            histogram.hist(found, edges, histtype="step", lw=1.4, color=colour, label=name)
        histogram.axvline(0, color=FAINT, lw=1, zorder=0)
    tidy(histogram, "errors", "predicted less measured", "molecules")
    draw_errors_by_nearness(errors, judged, index, square=False)
    tidy(errors, "error by similarity", NEARNESS, "mean absolute error")
    for each in (histogram, errors):
        explain(each)
