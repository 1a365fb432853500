"""Plots of a regression: predicted against measured values, errors, errors by similarity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from molgnn.assess.curves import measured
from molgnn.report.content import EvaluatedMolecules
from molgnn.report.style import (
    FAINT,
    FOREST,
    MODEL,
    SIMILARITY,
    add_legend,
    draw_errors_by_similarity,
    label_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 30


def draw_regression(axes: list[Axes], molecules: EvaluatedMolecules, index: int, unit: str) -> None:
    """Draw predictions against measured values, the errors, and these against the similarity."""
    model, forest, histogram, of_model, of_forest, errors = axes
    labels = molecules.labels[:, index]
    value = f"value [{unit}]" if unit else "value"
    known = []
    for scatter, by_similarity, predictions, colour, name in (
        (model, of_model, molecules.model[:, index], MODEL, "model"),
        (forest, of_forest, molecules.forest[:, index], FOREST, "forest"),
    ):
        truth, guess = measured(labels, predictions)
        known.append(guess - truth)
        scatter.scatter(truth, guess, s=8, color=colour, alpha=0.5, lw=0)
        if len(truth):
            ends = [min(truth.min(), guess.min()), max(truth.max(), guess.max())]
            scatter.plot(ends, ends, color=FAINT, lw=1, zorder=0)
        label_axes(scatter, f"predictions of the {name}", f"measured {value}", f"predicted {value}")
        distances = np.abs(predictions - labels)
        by_similarity.scatter(molecules.similarity, distances, s=8, color=colour, alpha=0.5, lw=0)
        label_axes(
            by_similarity, f"errors of the {name} by similarity", SIMILARITY, "absolute error"
        )
    of_forest.sharey(of_model)
    both = np.concatenate(known)
    if len(both):
        edges = list(np.histogram_bin_edges(both, BINS))
        for found, colour, name in zip(known, (MODEL, FOREST), ("model", "forest"), strict=True):
            histogram.hist(found, edges, histtype="step", lw=1.4, color=colour, label=name)
        histogram.axvline(0, color=FAINT, lw=1, zorder=0)
    label_axes(histogram, "errors", "predicted - measured", "molecules")
    draw_errors_by_similarity(errors, molecules, index, square=False)
    label_axes(errors, "error by similarity", SIMILARITY, "mean absolute error")
    for each in (histogram, errors):
        add_legend(each)
