"""Tables that compare test metrics of the model and of baselines, by task and by similarity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from molgnn.assess.metrics import Evaluation
from molgnn.report.content import MODEL, ReportContent
from molgnn.tasks import TaskKind

SIMILARITIES = (0.0, 0.3, 0.5, 0.7, 1.0)
TITLES = {
    "roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "brier": "Brier", "rmse": "RMSE", "mae": "MAE",
    "r2": "R²",
}  # fmt: skip
SMALLER_IS_BETTER = {"brier", "rmse", "mae"}
METRIC_BY_SIMILARITY = {TaskKind.CLASSIFICATION: "roc_auc", TaskKind.REGRESSION: "rmse"}


@dataclass(frozen=True)
class Cell:
    """A metric of one of those that are compared, and whether it is the best."""

    text: str
    is_best: bool


@dataclass(frozen=True)
class ComparisonRow:
    """A line of a table: its name, what was counted, and for each metric a cell for each model."""

    name: str
    counts: list[int]
    metrics: list[list[Cell]]


@dataclass(frozen=True)
class Comparison:
    """A table in which the models stand beside each other.

    Parameters
    ----------
    counts, metrics, models
        What stands above the columns: each metric has a column for each model.
    rows
        One per task, or per range of similarity.
    means
        Over the tasks: those that all predict, and, where the baselines predict fewer, all.
    """

    counts: list[str]
    metrics: list[str]
    models: list[str]
    rows: list[ComparisonRow]
    means: list[ComparisonRow]


def format_metric(value: float, form: str = ".3f") -> str:
    """Return a metric with three digits, a dash where it is undefined."""
    return "-" if math.isnan(value) else format(value, form)


def compare_values(
    metric: str, values: Mapping[str, float], spreads: Mapping[str, str] | None = None
) -> list[Cell]:
    """Format a metric of each model; of those that are equal in three digits, none is the best."""
    sign = -1 if metric in SMALLER_IS_BETTER else 1
    shown = {name: format_metric(value) for name, value in values.items()}
    known = sorted(sign * value for value in values.values() if not math.isnan(value))
    best = format_metric(sign * known[-1]) if len(known) > 1 else ""
    is_alone = list(shown.values()).count(best) == 1
    return [
        Cell(text + (spreads or {}).get(name, ""), is_alone and text == best)
        for name, text in shown.items()
    ]


def by_task(content: ReportContent) -> list[Comparison]:
    """Return one table for the classifications and one for the regressions, where there are any."""
    tables = []
    for kind in TaskKind:
        columns = content.tasks.where(kind)
        if not columns:
            continue
        evaluations = content.molecules.evaluate(content.tasks, columns)
        first = evaluations[MODEL]
        counts, metrics = first.tasks[0].counts, list(first.tasks[0].values)
        rows = [
            ComparisonRow(
                of_model.task.name,
                list(of_model.counts.values()),
                [
                    compare_values(
                        metric, {n: e.tasks[place].values[metric] for n, e in evaluations.items()}
                    )
                    for metric in metrics
                ],
            )
            for place, of_model in enumerate(first.tasks)
        ]
        shared = [place for place, i in enumerate(columns) if i in content.detailed]
        means = _means(metrics, evaluations, shared, len(columns))
        titles = [TITLES[metric] for metric in metrics]
        tables.append(Comparison(list(counts), titles, list(evaluations), rows, means))
    return tables


def _means(
    metrics: Sequence[str], evaluations: Mapping[str, Evaluation], shared: list[int], n_tasks: int
) -> list[ComparisonRow]:
    means = []
    if len(shared) < n_tasks:
        of_all = {n: e if n == MODEL else e.only([]) for n, e in evaluations.items()}
        means.append(_mean(f"mean of all {n_tasks}", metrics, of_all))
    if shared:
        name = f"mean of {len(shared)}" if means else "mean"
        means.append(_mean(name, metrics, {n: e.only(shared) for n, e in evaluations.items()}))
    return means


def _mean(
    name: str, metrics: Sequence[str], evaluations: Mapping[str, Evaluation]
) -> ComparisonRow:
    cells = []
    for metric in metrics:
        deviations = {n: e.deviation(metric) for n, e in evaluations.items()}
        spreads = {n: f" ± {d:.3f}" for n, d in deviations.items() if not math.isnan(d)}
        values = {n: e.mean(metric)[0] for n, e in evaluations.items()}
        cells.append(compare_values(metric, values, spreads))
    return ComparisonRow(name, [], cells)


def by_similarity(content: ReportContent) -> list[Comparison]:
    """Return the mean metrics of test molecules by their similarity to the training molecules.

    Of the tasks that all predict; one table for the classifications, one for the regressions.
    """
    similarity, models = content.molecules.similarity, list(content.molecules.predictions)
    tables = []
    for kind, metric in METRIC_BY_SIMILARITY.items():
        columns = [i for i in content.detailed if content.tasks[i].kind is kind]
        rows = []
        for low, high in pairwise(SIMILARITIES):
            chosen = (similarity >= low) & ((similarity < high) | (high == SIMILARITIES[-1]))
            if columns and chosen.any():
                found = content.molecules.where(chosen).evaluate(content.tasks, columns, [metric])
                counts = [int(chosen.sum()), found[MODEL].mean(metric)[1]]
                cells = compare_values(metric, {n: e.mean(metric)[0] for n, e in found.items()})
                rows.append(ComparisonRow(f"{low:.1f} to {high:.1f}", counts, [cells]))
        if rows:
            tables.append(Comparison(["molecules", "tasks"], [TITLES[metric]], models, rows, []))
    return tables
