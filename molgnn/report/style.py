"""One look for every figure: the model blue, the forest ochre, wherever they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from molgnn.assess.curves import Curve, binned_means, measured
from molgnn.report.content import Judged

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODEL, FOREST, POSITIVE, NEGATIVE, FAINT = "#1f5fa8", "#c8882b", "#b3372f", "#7d8a97", "#c9cfd6"
SMALL = 8
NEARNESS = "similarity to what was learned"


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
        say_nothing(axes, otherwise)


def draw_errors_by_nearness(axes: Axes, judged: Judged, index: int, *, square: bool) -> None:
    """Draw mean errors of equally many molecules each, from the farthest to the nearest."""
    curves = []
    for predictions in (judged.model, judged.forest):
        errors = np.abs(predictions[:, index] - judged.labels[:, index])
        curves.append(binned_means(*measured(judged.similarity, errors**2 if square else errors)))
    model, forest = curves
    draw_lines(axes, [model], [forest], "nothing was measured", marker="o")
    axes.set_ylim(bottom=0)


def tidy(axes: Axes, title: str, x: str, y: str) -> None:
    """Give a plot its titles and take away what says nothing."""
    axes.set_title(title, fontsize=SMALL + 1, loc="left", color="#222")
    axes.set_xlabel(x, fontsize=SMALL, color="#444")
    axes.set_ylabel(y, fontsize=SMALL, color="#444")
    axes.tick_params(labelsize=SMALL - 1, colors="#555", length=2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)


def say_nothing(axes: Axes, why: str) -> None:
    """Put a reason where there is nothing to be drawn."""
    axes.text(0.5, 0.5, why, transform=axes.transAxes, ha="center", fontsize=SMALL, color="#888")
    axes.set_xticks([])
    axes.set_yticks([])


def explain(axes: Axes) -> None:
    """Add the legend, if anything has a name."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=SMALL - 1, handlelength=1.2)
