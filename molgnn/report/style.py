"""Style of the report's plots: colours, axes, legends, curves of the model and of baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from molgnn.assess.curves import Curve, binned_means, measured
from molgnn.report.content import EvaluatedMolecules

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#1f5fa8", "#c8882b", "#2f8f6b")
"""Of the model, and of the baselines in their order."""
POSITIVE, NEGATIVE, FAINT = "#b3372f", "#7d8a97", "#c9cfd6"
SMALL = 8
Place = Literal["lower right", "upper right", "best"]
SIMILARITY = "Tanimoto similarity to training molecules"


def draw_lines(
    axes: Axes, curves: Mapping[str, Sequence[Curve | None]], otherwise: str, marker: str = ""
) -> None:
    """Draw the curves of each model, several of one paler; say so where there are none.

    Those of the first lie over the others.
    """
    for place, ((name, own), colour) in enumerate(zip(curves.items(), COLOURS, strict=False)):
        drawn = [curve for curve in own if curve is not None]
        for number, curve in enumerate(drawn):
            label, opacity = (name if number == 0 else None), (1 if len(drawn) == 1 else 0.55)
            [line] = axes.plot(curve.x, curve.y, label=label, marker=marker, ms=3, lw=1.4)
            line.set(color=colour, alpha=opacity, zorder=3 - place / 10)
    if not any(curve is not None for own in curves.values() for curve in own):
        write_reason(axes, otherwise)


def draw_errors_by_similarity(
    axes: Axes, molecules: EvaluatedMolecules, index: int, *, square: bool
) -> None:
    """Draw mean errors of equally many molecules each, from the farthest to the nearest."""
    curves = {}
    for name, predictions in molecules.of_task(index).items():
        errors = np.abs(predictions - molecules.labels[:, index])
        known = measured(molecules.similarity, errors**2 if square else errors)
        curves[name] = [binned_means(*known)]
    draw_lines(axes, curves, "nothing was measured", marker="o")
    axes.set_ylim(bottom=0)


def label_axes(axes: Axes, title: str, x: str, y: str) -> None:
    """Set title and axis labels, and remove the upper and right spines."""
    # A title that has its place is not moved above the ticks, which would measure all of them.
    axes.set_title(title, fontsize=SMALL + 1, loc="left", color="#222", y=1.0)
    axes.set_xlabel(x, fontsize=SMALL, color="#444")
    axes.set_ylabel(y, fontsize=SMALL, color="#444")
    axes.tick_params(labelsize=SMALL - 1, colors="#555", length=2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)


def write_reason(axes: Axes, why: str) -> None:
    """Put a reason where there is nothing to be drawn."""
    axes.text(0.5, 0.5, why, transform=axes.transAxes, ha="center", fontsize=SMALL, color="#888")
    axes.set_xticks([])
    axes.set_yticks([])


def add_legend(axes: Axes, place: Place) -> None:
    """Add the legend at one of matplotlib's places, if anything has a name.

    To look for the best place takes a tenth of the time of a figure.
    """
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc=place, frameon=False, fontsize=SMALL - 1, handlelength=1.2)
