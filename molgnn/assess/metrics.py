"""How good predictions are, task by task, on the labels that exist."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float
from sklearn import metrics as sk

from molgnn.tasks import Task, TaskKind, Tasks

if TYPE_CHECKING:
    import pandas as pd

Measured = Float[np.ndarray, " measured"]
Metric = Callable[[Measured, Measured], float]

CLASSIFICATION_METRICS: dict[str, Metric] = {
    "roc_auc": sk.roc_auc_score,
    "pr_auc": sk.average_precision_score,
    "brier": sk.brier_score_loss,
}
REGRESSION_METRICS: dict[str, Metric] = {
    "rmse": sk.root_mean_squared_error,
    "mae": sk.mean_absolute_error,
    "r2": sk.r2_score,
}


@dataclass(frozen=True)
class TaskMetrics:
    """The metrics of one task.

    Parameters
    ----------
    task
        Whose metrics these are.
    counts
        ``positives``, ``negatives`` and ``missing`` of a classification; ``measured`` and
        ``missing`` of a regression.
    values
        Metric to value; NaN where the labels do not define it, as with one class only.
    """

    task: Task
    counts: dict[str, int]
    values: dict[str, float]


@dataclass(frozen=True)
class Evaluation:
    """The metrics of all tasks, in the tasks' order.

    Parameters
    ----------
    tasks
        One per task.
    rejected
        Kind of reason to how many of the rows have no prediction for it: rows without a metric.
    folds
        The evaluations that this one is the average of, if it is one: those of the folds of a
        cross-validation, or of its repeats.
    absent
        The model's other tasks, for which there are no labels.
    training_rows
        How many of the rows show a molecule that the model was trained on; None where that is
        not known.
    includes_training_rows
        Whether these count in the metrics.
    notes
        How the table was read where it could have been read otherwise.
    """

    tasks: tuple[TaskMetrics, ...]
    rejected: dict[str, int] = field(default_factory=dict)
    folds: tuple[Evaluation, ...] = ()
    absent: tuple[str, ...] = ()
    training_rows: int | None = None
    includes_training_rows: bool = False
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        tasks = "1 task" if len(self.tasks) == 1 else f"{len(self.tasks)} tasks"
        folds = f", mean of {len(self.folds)} folds or repeats" if self.folds else ""
        return f"<Evaluation of {tasks}{folds}: {self.describe_means()}>"

    def only(self, columns: Sequence[int]) -> Evaluation:
        """Return the metrics of some of the tasks."""
        chosen = tuple(self.tasks[i] for i in columns)
        return replace(self, tasks=chosen, folds=tuple(fold.only(columns) for fold in self.folds))

    def by_kind(self) -> list[Evaluation]:
        """Return the metrics of classifications and of regressions by themselves."""
        kinds = [each.task.kind for each in self.tasks]
        return [
            self.only([i for i, each in enumerate(kinds) if each is kind])
            for kind in dict.fromkeys(kinds)
        ]

    def mean(self, metric: str) -> tuple[float, int]:
        """Return a metric's mean over the tasks that define it, and how many those are.

        The mean over no task is NaN.
        """
        values = [t.values[metric] for t in self.tasks if metric in t.values]
        return _mean_of_defined(values), sum(not math.isnan(value) for value in values)

    def deviation(self, metric: str) -> float:
        """Return the standard deviation of the folds' means; NaN for fewer than two folds."""
        means = [fold.mean(metric)[0] for fold in self.folds]
        return float(np.std(means, ddof=1)) if len(means) > 1 else math.nan

    def describe_mean(self, metric: str) -> str:
        """Return the mean, its deviation where there are folds, and the number of tasks."""
        mean, n_tasks = self.mean(metric)
        deviation = self.deviation(metric)
        spread = "" if math.isnan(deviation) else f" ± {deviation:.3f}"
        return f"{'none' if math.isnan(mean) else f'{mean:.3f}'}{spread} ({n_tasks})"

    def describe_means(self) -> str:
        """Return the means of all metrics that some task defines, in a line."""
        metrics = dict.fromkeys(name for each in self.tasks for name in each.values)
        means = [f"{name} {self.describe_mean(name)}" for name in metrics if self.mean(name)[1]]
        return ", ".join(means) or "no metric is defined"

    def describe_rejected(self) -> str:
        """Return how many rows have no prediction and why, in a line; empty if all have one."""
        if not self.rejected:
            return ""
        why = ", ".join(f"{n} {kind}" for kind, n in self.rejected.items())
        return f"rows without a prediction: {sum(self.rejected.values())} ({why})"

    def describe_training_rows(self) -> str:
        """Return how many rows the model was trained on, in a line; empty if there are none."""
        if self.training_rows is None:
            return "whether the model was trained on some of these molecules is not known"
        if not self.training_rows:
            return ""
        use = (
            "and counted in these metrics, which they flatter"
            if self.includes_training_rows
            else "and left out; include_training_rows=… counts them, too"
        )
        return f"rows whose molecule the model was trained on: {self.training_rows}, {use}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per task: its counts, then its metrics."""
        import pandas as pd

        rows = [{"task": t.task.name, **t.counts, **t.values} for t in self.tasks]
        return pd.DataFrame(rows).set_index("task")

    def _repr_html_(self) -> str:
        tables = [evaluation._table_html() for evaluation in self.by_kind()]
        known = self.describe_training_rows() if self.training_rows else ""
        absent = f"no labels of: {', '.join(self.absent)}" if self.absent else ""
        texts = [text for text in (absent, known, self.describe_rejected(), *self.notes) if text]
        items = "".join(f"<li>{escape(text)}</li>" for text in texts)
        return "".join(tables) + (f"<ul>{items}</ul>" if items else "")

    def _table_html(self) -> str:
        """Return tasks of one kind as a table, with a row of means."""
        import pandas as pd

        rows = {
            each.task.name: {name: str(count) for name, count in each.counts.items()}
            | {name: f"{v:.3f}" for name, v in each.values.items() if not math.isnan(v)}
            for each in self.tasks
        }
        counts, metrics = self.tasks[0].counts, self.tasks[0].values
        rows["mean (tasks)"] = {n: self.describe_mean(n) for n in metrics if self.mean(n)[1]}
        frame = pd.DataFrame(rows).T.reindex(columns=[*counts, *metrics])
        return frame.to_html(na_rep="", border=0)

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, an undefined metric as None, with the means and their support."""
        names = dict.fromkeys(name for t in self.tasks for name in t.values)
        return {
            "mean": {name: self._mean_to_json(name) for name in names},
            "tasks": {
                t.task.name: {**t.counts, **{n: _or_none(v) for n, v in t.values.items()}}
                for t in self.tasks
            },
            "rejected": self.rejected,
            "absent": list(self.absent),
            "training_rows": self.training_rows,
            "includes_training_rows": self.includes_training_rows,
        }

    def _mean_to_json(self, metric: str) -> dict[str, Any]:
        mean, n_tasks = self.mean(metric)
        record: dict[str, Any] = {"value": _or_none(mean), "n_tasks": n_tasks}
        if self.folds:
            record["deviation"] = _or_none(self.deviation(metric))
            record["folds"] = [_or_none(fold.mean(metric)[0]) for fold in self.folds]
        return record


def average(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Average the evaluations of folds or repeats; a single one is returned as it is.

    Counts are summed. A task's figure is the mean over the folds that define it: each fold was
    predicted by other networks, whose scores are not to be ranked together.
    """
    if len(evaluations) == 1:
        return evaluations[0]
    tasks = []
    for of_task in zip(*(evaluation.tasks for evaluation in evaluations), strict=True):
        counts = {name: sum(fold.counts[name] for fold in of_task) for name in of_task[0].counts}
        values = {
            name: _mean_of_defined([fold.values[name] for fold in of_task])
            for name in of_task[0].values
        }
        tasks.append(TaskMetrics(of_task[0].task, counts, values))
    return Evaluation(tuple(tasks), folds=tuple(evaluations))


def assess(
    tasks: Tasks,
    labels: Float[np.ndarray, "mols tasks"],
    predictions: Float[np.ndarray, "mols tasks"],
    only: Collection[str] | None = None,
) -> Evaluation:
    """Compare predictions with labels.

    Parameters
    ----------
    tasks
        The columns of both arrays.
    labels
        NaN where not measured.
    predictions
        Probabilities of classifications, values of regressions; a molecule without a prediction
        (NaN) counts as missing.
    only
        The metrics that are wanted; all by default.
    """
    return Evaluation(
        tuple(
            _assess_task(task, labels[:, i], predictions[:, i], only)
            for i, task in enumerate(tasks)
        )
    )


def _assess_task(
    task: Task, labels: Measured, predictions: Measured, only: Collection[str] | None
) -> TaskMetrics:
    measured = ~np.isnan(labels) & ~np.isnan(predictions)
    truth, guess = labels[measured], predictions[measured]
    missing = int((~measured).sum())
    if task.kind is TaskKind.REGRESSION:
        counts = {"measured": len(truth), "missing": missing}
        varies = len(truth) > 0 and float(np.ptp(truth)) > 0
        defined = dict.fromkeys(REGRESSION_METRICS, len(truth) > 0) | {"r2": varies}
        chosen = REGRESSION_METRICS
    else:
        positives = int((truth == 1).sum())
        counts = {"positives": positives, "negatives": len(truth) - positives, "missing": missing}
        both = 0 < positives < len(truth)
        defined = {"roc_auc": both, "pr_auc": both, "brier": len(truth) > 0}
        chosen = CLASSIFICATION_METRICS
    values = {
        name: float(metric(truth, guess)) if defined[name] else math.nan
        for name, metric in chosen.items()
        if only is None or name in only
    }
    return TaskMetrics(task, counts, values)


def _mean_of_defined(values: Sequence[float]) -> float:
    defined = [value for value in values if not math.isnan(value)]
    return float(np.mean(defined)) if defined else math.nan


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
