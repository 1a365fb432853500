"""How the figures of an evaluation are printed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from molgnn.assess.metrics import Evaluation


def print_evaluation(evaluation: Evaluation) -> None:
    """Print one row per task and the means, each with the number of tasks that it is taken over."""
    from rich.console import Console
    from rich.table import Table

    counts = list(dict.fromkeys(name for each in evaluation.tasks for name in each.counts))
    metrics = list(dict.fromkeys(name for each in evaluation.tasks for name in each.values))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_footer=True)
    table.add_column("task", "mean (tasks)", overflow="fold")
    for name in counts:
        table.add_column(name, justify="right", no_wrap=True)
    for name in metrics:
        mean = evaluation.describe_mean(name).replace(" ±", "\n±")
        table.add_column(name, mean, justify="right", no_wrap=True)
    for each in evaluation.tasks:
        counted = [str(each.counts.get(name, "")) for name in counts]
        measured = [_shown(each.values[name]) if name in each.values else "" for name in metrics]
        table.add_row(each.task.name, *counted, *measured)
    Console(highlight=False, markup=False).print(table)


def _shown(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.3f}"
