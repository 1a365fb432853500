"""Figure of one task with matplotlib: plots of the test predictions, of model and baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molgnn.report.classification import draw_classification
from molgnn.report.content import EvaluatedMolecules
from molgnn.report.regression import draw_regression
from molgnn.tasks import Task

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

N_TICKS = 5


def draw_task(
    task: Task, index: int, molecules: EvaluatedMolecules, figure: Figure | None = None
) -> Figure:
    """Draw what there is to see of a task's predictions, in two rows of plots.

    Parameters
    ----------
    task, index
        Which it is, and its column.
    molecules
        The test molecules.
    figure
        Of another task of the same kind, to be drawn over: most of the time is that of new ticks.
    """
    if task.is_classification:
        figure = _cleared(figure or _new_figure(3, 2))
        draw_classification(figure.axes, molecules, index)
    else:
        figure = _cleared(figure or _new_figure(len(molecules.predictions), 3))
        draw_regression(figure.axes, molecules, index, task.unit)
    return figure


def _new_figure(*n_plots: int) -> Figure:
    """Return a figure with so many plots in each row."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 6.2))
    # A layout that measures every text takes as long as all the drawing.
    figure.subplots_adjust(left=0.06, right=0.99, bottom=0.08, top=0.95, wspace=0.25, hspace=0.36)
    for row, n in enumerate(n_plots):
        for column in range(n):
            figure.add_subplot(len(n_plots), n, row * n + column + 1)
    return figure


def _cleared(figure: Figure) -> Figure:
    """Remove all but axes and ticks."""
    for axes in figure.axes:
        _clear(axes)
    return figure


def _clear(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    for artist in [*axes.lines, *axes.collections, *axes.patches, *axes.texts]:
        artist.remove()
    if legend := axes.get_legend():
        legend.remove()
    axes.relim()
    axes.autoscale(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(N_TICKS, steps=[1, 2, 2.5, 5, 10]))
