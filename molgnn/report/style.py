"""Style of the report's plots: colours, axes, legends, curves of model and forest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from molgnn.assess.curves import Curve, binned_means, measured
from molgnn.report.content import EvaluatedMolecules

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODEL, FOREST, POSITIVE, NEGATIVE, FAINT = "#1f5fa8", "#c8882b", "#b3372f", "#7d8a97", "#c9cfd6"
SMALL = 8
SIMILARITY = "Tanimoto similarity to training molecules"


def draw_lines(
    axes: Axes,
    model: Sequence[Curve | None],
    forest: Sequence[Curve | None],
    otherwise: str,
    marker: str = "",
) -> None:
    """Draw the curves of model and forest, several of each paler; say so where there are none."""
    for curves, colour, name in ((forest, FOREST, "forest"), (model, MODEL, "model")):
        drawn = [curve for curve in curves if curve is not None]
        for number, curve in enumerate(drawn):
            label, opacity = (name if number == 0 else None), (1 if len(drawn) == 1 else 0.55)
            [line] = axes.plot(curve.x, curve.y, label=label, marker=marker, ms=3, lw=1.4)
            line.set(color=colour, alpha=opacity)
    if not any(curve is not None for curve in (*model, *forest)):
        write_reason(axes, otherwise)


def draw_errors_by_similarity(
    axes: Axes, molecules: EvaluatedMolecules, index: int, *, square: bool
) -> None:
    """Draw mean errors of equally many molecules each, from the farthest to the nearest."""
    curves = []
    for predictions in (molecules.model, molecules.forest):
        errors = np.abs(predictions[:, index] - molecules.labels[:, index])
        curves.append(
            binned_means(*measured(molecules.similarity, errors**2 if square else errors))
        )
    model, forest = curves
    draw_lines(axes, [model], [forest], "nothing was measured", marker="o")
    axes.set_ylim(bottom=0)


def label_axes(axes: Axes, title: str, x: str, y: str) -> None:
    """Set title and axis labels, and remove the upper and right spines."""
    axes.set_title(title, fontsize=SMALL + 1, loc="left", color="#222")
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


def add_legend(axes: Axes) -> None:
    """Add the legend, if anything has a name."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=SMALL - 1, handlelength=1.2)
