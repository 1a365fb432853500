"""The parts of the page, as what its template reads."""

from __future__ import annotations

import base64
import io
import math
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from molgnn.assess.metrics import Evaluation, assess
from molgnn.assess.thresholds import Confusion
from molgnn.chem.depict import draw_svg
from molgnn.report.content import ReportContent
from molgnn.report.figures import draw_task
from molgnn.tasks import TaskKind

WORST = 8
BINS = (0.0, 0.3, 0.5, 0.7, 1.0)
TITLES = {
    "roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "brier": "Brier", "rmse": "RMSE", "mae": "MAE",
    "r2": "R²",
}  # fmt: skip
SMALLER_IS_BETTER = {"brier", "rmse", "mae"}


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


def written(value: float) -> str:
    """Return a figure with three digits, a dash if it is none."""
    return "-" if math.isnan(value) else f"{value:.3f}"


def summary(content: ReportContent) -> list[dict[str, Any]]:
    """Return one table for the classifications and one for the regressions, where there are any."""
    judged = content.judged
    model = judged.evaluate(content.tasks, judged.model)
    forest = judged.evaluate(content.tasks, judged.forest)
    tables = []
    for kind in TaskKind:
        columns = content.tasks.where(kind)
        if not columns:
            continue
        metrics = list(model.tasks[columns[0]].values)
        rows = [
            {
                "name": model.tasks[i].task.name,
                "counts": list(model.tasks[i].counts.values()),
                "pairs": [
                    Pair.of(m, model.tasks[i].values[m], forest.tasks[i].values[m]) for m in metrics
                ],
            }
            for i in columns
        ]
        tables.append(
            {
                "counts": list(model.tasks[columns[0]].counts),
                "metrics": [TITLES[m] for m in metrics],
                "rows": rows,
                "means": [_mean(m, model, forest) for m in metrics],
            }
        )
    return tables


def _mean(metric: str, model: Evaluation, forest: Evaluation) -> Pair:
    deviation = model.deviation(metric)
    spread = "" if math.isnan(deviation) else f" ± {deviation:.3f}"
    return Pair.of(metric, model.mean(metric)[0], forest.mean(metric)[0], spread)


def by_similarity(content: ReportContent) -> list[dict[str, Any]]:
    """Return the mean figures of molecules that are far from, and near to, what was learned."""
    judged, tasks = content.judged, content.tasks
    metric = "roc_auc" if tasks.where(TaskKind.CLASSIFICATION) else "rmse"
    rows = []
    for low, high in pairwise(BINS):
        last = high == BINS[-1]
        chosen = (judged.similarity >= low) & ((judged.similarity < high) | last)
        if not chosen.any():
            continue
        figures = [
            assess(tasks, judged.labels[chosen], predictions[chosen]).mean(metric)
            for predictions in (judged.model, judged.forest)
        ]
        pair = Pair.of(metric, figures[0][0], figures[1][0])
        rows.append(
            {
                "range": f"{low:.1f} to {high:.1f}",
                "n_mols": int(chosen.sum()),
                "n_tasks": figures[0][1],
                "pair": pair,
                "metric": TITLES[metric],
            }
        )
    return rows


def task_sections(content: ReportContent, pictures: Path) -> list[dict[str, Any]]:
    """Return a section for each detailed task, and leave its picture in a folder."""
    sections = []
    for index in content.detailed:
        task = content.tasks[index]
        figure = draw_task(task, index, content.judged)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=130)
        (pictures / f"{index:03d}_{_as_file_name(task.name)}.png").write_bytes(picture.getvalue())
        sections.append(
            {
                "anchor": f"task{index}",
                "task": task,
                "picture": base64.b64encode(picture.getvalue()).decode(),
                "confusions": _confusions(content, index) if task.is_classification else [],
                "worst": _worst(content, index),
            }
        )
    return sections


def _as_file_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)[:60]


def _confusions(content: ReportContent, index: int) -> list[tuple[str, Confusion]]:
    judged = content.judged
    labels = judged.labels[:, index]
    return [
        ("model", Confusion.at(content.thresholds[index], labels, judged.model[:, index])),
        (
            "random forest",
            Confusion.at(content.forest_thresholds[index], labels, judged.forest[:, index]),
        ),
    ]


def _worst(content: ReportContent, index: int) -> list[dict[str, str]]:
    judged = content.judged
    errors = np.abs(judged.model[:, index] - judged.labels[:, index])
    order = np.argsort(-np.nan_to_num(errors, nan=-1.0), kind="stable")[:WORST]
    return [
        {
            "svg": draw_svg(judged.smiles[mol]),
            "smiles": judged.smiles[mol],
            "line": str(judged.lines[mol]),
            "measured": f"{judged.labels[mol, index]:.4g}",
            "model": f"{judged.model[mol, index]:.3g}",
            "forest": f"{judged.forest[mol, index]:.3g}",
            "similarity": f"{judged.similarity[mol]:.2f}",
        }
        for mol in order
        if not math.isnan(errors[mol])
    ]
