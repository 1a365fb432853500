"""One look for every figure: the model blue, the forest ochre, wherever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODEL, FOREST, POSITIVE, NEGATIVE, FAINT = "#1f5fa8", "#c8882b", "#b3372f", "#7d8a97", "#c9cfd6"
SMALL = 8


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
