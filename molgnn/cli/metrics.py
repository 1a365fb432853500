"""Print the metrics of an evaluation as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from molgnn.assess.metrics import Evaluation


def print_metrics(evaluation: Evaluation) -> None:
    """Print a table for each kind of task.

    One row per task, and the means, each with the number of tasks that it is taken over.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    for each in evaluation.by_kind():
        console.print(_table(each))


def _table(evaluation: Evaluation) -> Table:
    from rich.table import Table

    first = evaluation.tasks[0]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_footer=True)
    table.add_column("task", "mean (tasks)", overflow="fold")
    for name in first.counts:
        table.add_column(name, justify="right", no_wrap=True)
    for name in first.values:
        mean = evaluation.describe_mean(name).replace(" ±", "\n±")
        table.add_column(name, mean, justify="right", no_wrap=True)
    for each in evaluation.tasks:
        counts = map(str, each.counts.values())
        table.add_row(each.task.name, *counts, *map(_shown, each.values.values()))
    return table


def _shown(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.3f}"
