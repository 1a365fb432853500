"""Plots of a regression: predicted against measured values, errors, errors by similarity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from molgnn.assess.curves import Measured, measured
from molgnn.report.content import MODEL, EvaluatedMolecules
from molgnn.report.style import (
    COLOURS,
    FAINT,
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
    *scatters, histogram, scattered, errors = axes
    labels = molecules.labels[:, index]
    value = f"value [{unit}]" if unit else "value"
    known = {}
    for scatter, (name, predictions), colour in zip(
        scatters, molecules.of_task(index).items(), COLOURS, strict=False
    ):
        truth, guess = measured(labels, predictions)
        known[name] = guess - truth
        scatter.scatter(truth, guess, s=8, color=colour, alpha=0.5, lw=0)
        if len(truth):
            ends = [min(truth.min(), guess.min()), max(truth.max(), guess.max())]
            scatter.plot(ends, ends, color=FAINT, lw=1, zorder=0)
        title = f"predictions of {'the model' if name == MODEL else name}"
        label_axes(scatter, title, f"measured {value}", f"predicted {value}")
    _draw_histogram(histogram, known)
    distances = np.abs(molecules.predictions[MODEL][:, index] - labels)
    scattered.scatter(molecules.similarity, distances, s=8, color=COLOURS[0], alpha=0.5, lw=0)
    label_axes(scattered, "errors of the model by similarity", SIMILARITY, "absolute error")
    draw_errors_by_similarity(errors, molecules, index, square=False)
    label_axes(errors, "error by similarity", SIMILARITY, "mean absolute error")
    add_legend(histogram)


def _draw_histogram(axes: Axes, known: dict[str, Measured]) -> None:
    """Draw how many errors of each model are how large."""
    together = np.concatenate(list(known.values()))
    if len(together):
        edges = list(np.histogram_bin_edges(together, BINS))
        for (name, found), colour in zip(known.items(), COLOURS, strict=False):
            axes.hist(found, edges, histtype="step", lw=1.4, color=colour, label=name)
        axes.axvline(0, color=FAINT, lw=1, zorder=0)
    label_axes(axes, "errors", "predicted - measured", "molecules")
