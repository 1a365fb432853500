"""Figure of one task with matplotlib: six plots of the test predictions, model and forest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molgnn.report.classification import draw_classification
from molgnn.report.content import EvaluatedMolecules
from molgnn.report.regression import draw_regression
from molgnn.tasks import Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_task(task: Task, index: int, molecules: EvaluatedMolecules) -> Figure:
    """Draw what there is to see of a task's predictions, in two rows of three plots."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 6.2))
    # A layout that measures every text takes as long as all the drawing.
    figure.subplots_adjust(left=0.07, right=0.99, bottom=0.08, top=0.95, wspace=0.3, hspace=0.36)
    axes = list(figure.subplots(2, 3).flat)
    if task.is_classification:
        draw_classification(axes, molecules, index)
    else:
        draw_regression(axes, molecules, index, task.unit)
    return figure
