"""The figures of the model with the forest's beside them, as what the page's tables read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from molgnn.assess.metrics import Evaluation
from molgnn.report.content import ReportContent
from molgnn.tasks import TaskKind

SIMILARITIES = (0.0, 0.3, 0.5, 0.7, 1.0)
TITLES = {
    "roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "brier": "Brier", "rmse": "RMSE", "mae": "MAE",
    "r2": "R²",
}  # fmt: skip
SMALLER_IS_BETTER = {"brier", "rmse", "mae"}
OF_NEARNESS = {TaskKind.CLASSIFICATION: "roc_auc", TaskKind.REGRESSION: "rmse"}


@dataclass(frozen=True)
class Pair:
    """A figure of the model and the forest's beside it."""

    model: str
    forest: str
    better: str

    @classmethod
    def of(cls, metric: str, model: float, forest: float, spread: str = "") -> Pair:
        """Write two figures, and say which is the better one."""
        sign = -1 if metric in SMALLER_IS_BETTER else 1
        known = not (math.isnan(model) or math.isnan(forest))
        is_tie = known and f"{model:.3f}" == f"{forest:.3f}"
        better = "" if not known or is_tie else "model" if sign * (model - forest) > 0 else "forest"
        return cls(written(model) + spread, written(forest), better)


@dataclass(frozen=True)
class Row:
    """A line of a table: its name, what was counted, and a pair for each metric."""

    name: str
    counts: list[int]
    pairs: list[Pair]


@dataclass(frozen=True)
class Comparison:
    """A table of pairs.

    Parameters
    ----------
    counts, metrics
        What stands above the columns.
    rows
        One per task, or per range of similarity.
    means
        Over the tasks: those that both predict, and, where the forest predicts fewer, all.
    """

    counts: list[str]
    metrics: list[str]
    rows: list[Row]
    means: list[Row]


def written(value: float, form: str = ".3f") -> str:
    """Return a figure with three digits, a dash if it is none."""
    return "-" if math.isnan(value) else format(value, form)


def task_by_task(content: ReportContent) -> list[Comparison]:
    """Return one table for the classifications and one for the regressions, where there are any."""
    tables = []
    for kind in TaskKind:
        columns = content.tasks.where(kind)
        if not columns:
            continue
        model, forest = content.judged.evaluate(content.tasks, columns)
        counts, metrics = model.tasks[0].counts, list(model.tasks[0].values)
        rows = [
            Row(
                ours.task.name,
                list(ours.counts.values()),
                [Pair.of(m, ours.values[m], theirs.values[m]) for m in metrics],
            )
            for ours, theirs in zip(model.tasks, forest.tasks, strict=True)
        ]
        shared = [place for place, i in enumerate(columns) if i in content.detailed]
        means = []
        if len(shared) < len(columns):
            name = f"mean of all {len(columns)}"
            means = [_means(name, metrics, model, forest.only([]))]
        if shared:
            name = f"mean of {len(shared)}" if means else "mean"
            means.append(_means(name, metrics, model.only(shared), forest.only(shared)))
        tables.append(Comparison(list(counts), [TITLES[m] for m in metrics], rows, means))
    return tables


def _means(name: str, metrics: Sequence[str], model: Evaluation, forest: Evaluation) -> Row:
    pairs = []
    for metric in metrics:
        deviation = model.deviation(metric)
        spread = "" if math.isnan(deviation) else f" ± {deviation:.3f}"
        pairs.append(Pair.of(metric, model.mean(metric)[0], forest.mean(metric)[0], spread))
    return Row(name, [], pairs)


def near_and_far(content: ReportContent) -> list[Comparison]:
    """Return the mean figures of molecules that are far from, and near to, what was learned.

    Of the tasks that both predict; one table for the classifications, one for the regressions.
    """
    similarity = content.judged.similarity
    tables = []
    for kind, metric in OF_NEARNESS.items():
        columns = [i for i in content.detailed if content.tasks[i].kind is kind]
        rows = []
        for low, high in pairwise(SIMILARITIES):
            chosen = (similarity >= low) & ((similarity < high) | (high == SIMILARITIES[-1]))
            if columns and chosen.any():
                both = content.judged.where(chosen).evaluate(content.tasks, columns)
                model, forest = (figures.mean(metric) for figures in both)
                counts = [int(chosen.sum()), model[1]]
                pair = Pair.of(metric, model[0], forest[0])
                rows.append(Row(f"{low:.1f} to {high:.1f}", counts, [pair]))
        if rows:
            tables.append(Comparison(["molecules", "tasks"], [TITLES[metric]], rows, []))
    return tables
