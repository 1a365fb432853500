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

    figure = Figure(figsize=(11, 6.2), layout="constrained")
    axes = list(figure.subplots(2, 3).flat)
    if task.is_classification:
        draw_classification(axes, molecules, index)
    else:
        draw_regression(axes, molecules, index, task.unit)
    return figure
