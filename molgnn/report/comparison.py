"""Tables that compare the model's test metrics with the random forest's, by task and similarity."""

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
METRIC_BY_SIMILARITY = {TaskKind.CLASSIFICATION: "roc_auc", TaskKind.REGRESSION: "rmse"}


@dataclass(frozen=True)
class MetricPair:
    """A metric of the model and the forest's beside it."""

    model: str
    forest: str
    better: str

    @classmethod
    def of(cls, metric: str, model: float, forest: float, spread: str = "") -> MetricPair:
        """Format two metrics, and say which is the better one."""
        sign = -1 if metric in SMALLER_IS_BETTER else 1
        known = not (math.isnan(model) or math.isnan(forest))
        is_tie = known and f"{model:.3f}" == f"{forest:.3f}"
        better = "" if not known or is_tie else "model" if sign * (model - forest) > 0 else "forest"
        return cls(format_metric(model) + spread, format_metric(forest), better)


@dataclass(frozen=True)
class ComparisonRow:
    """A line of a table: its name, what was counted, and a pair for each metric."""

    name: str
    counts: list[int]
    pairs: list[MetricPair]


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
    rows: list[ComparisonRow]
    means: list[ComparisonRow]


def format_metric(value: float, form: str = ".3f") -> str:
    """Return a metric with three digits, a dash where it is undefined."""
    return "-" if math.isnan(value) else format(value, form)


def by_task(content: ReportContent) -> list[Comparison]:
    """Return one table for the classifications and one for the regressions, where there are any."""
    tables = []
    for kind in TaskKind:
        columns = content.tasks.where(kind)
        if not columns:
            continue
        model, forest = content.molecules.evaluate(content.tasks, columns)
        counts, metrics = model.tasks[0].counts, list(model.tasks[0].values)
        rows = [
            ComparisonRow(
                ours.task.name,
                list(ours.counts.values()),
                [MetricPair.of(m, ours.values[m], theirs.values[m]) for m in metrics],
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


def _means(
    name: str, metrics: Sequence[str], model: Evaluation, forest: Evaluation
) -> ComparisonRow:
    pairs = []
    for metric in metrics:
        deviation = model.deviation(metric)
        spread = "" if math.isnan(deviation) else f" ± {deviation:.3f}"
        pairs.append(MetricPair.of(metric, model.mean(metric)[0], forest.mean(metric)[0], spread))
    return ComparisonRow(name, [], pairs)


def by_similarity(content: ReportContent) -> list[Comparison]:
    """Return the mean metrics of test molecules by their similarity to the training molecules.

    Of the tasks that both predict; one table for the classifications, one for the regressions.
    """
    similarity = content.molecules.similarity
    tables = []
    for kind, metric in METRIC_BY_SIMILARITY.items():
        columns = [i for i in content.detailed if content.tasks[i].kind is kind]
        rows = []
        for low, high in pairwise(SIMILARITIES):
            chosen = (similarity >= low) & ((similarity < high) | (high == SIMILARITIES[-1]))
            if columns and chosen.any():
                both = content.molecules.where(chosen).evaluate(content.tasks, columns)
                model, forest = (evaluation.mean(metric) for evaluation in both)
                counts = [int(chosen.sum()), model[1]]
                pair = MetricPair.of(metric, model[0], forest[0])
                rows.append(ComparisonRow(f"{low:.1f} to {high:.1f}", counts, [pair]))
        if rows:
            tables.append(Comparison(["molecules", "tasks"], [TITLES[metric]], rows, []))
    return tables
