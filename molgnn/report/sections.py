"""Sections of the report, one per task: its plots, confusion matrices and largest errors."""

from __future__ import annotations

import base64
import io
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from molgnn.assess.thresholds import Confusion
from molgnn.chem.depict import draw_svg
from molgnn.report.comparison import format_metric
from molgnn.report.content import MODEL, ReportContent
from molgnn.report.figures import draw_task
from molgnn.tasks import TaskKind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_WORST = 8
DECISION_METRICS = {
    "sensitivity": "sensitivity", "specificity": "specificity", "precision": "precision",
    "balanced_accuracy": "balanced accuracy", "f1": "F1", "mcc": "MCC",
}  # fmt: skip


def task_sections(content: ReportContent, pictures: Path) -> list[dict[str, Any]]:
    """Return a section for each detailed task, and leave its picture in a folder."""
    sections: list[dict[str, Any]] = []
    figures: dict[TaskKind, Figure] = {}
    for index in content.detailed:
        task = content.tasks[index]
        figures[task.kind] = draw_task(task, index, content.molecules, figures.get(task.kind))
        picture = io.BytesIO()
        figures[task.kind].savefig(picture, format="png", dpi=130)
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


def _confusions(content: ReportContent, index: int) -> list[dict[str, Any]]:
    molecules = content.molecules
    confusions = {
        name: Confusion.at(content.thresholds[name][index], molecules.labels[:, index], said)
        for name, said in molecules.of_task(index).items()
    }
    return [
        {
            "name": name,
            "counts": confusion,
            "metrics": {
                title: format_metric(getattr(confusion, of))
                for of, title in DECISION_METRICS.items()
            },
        }
        for name, confusion in confusions.items()
    ]


def _worst(content: ReportContent, index: int) -> list[dict[str, Any]]:
    molecules = content.molecules
    errors = np.abs(molecules.predictions[MODEL][:, index] - molecules.labels[:, index])
    order = np.argsort(-np.nan_to_num(errors, nan=-1.0), kind="stable")[:MAX_WORST]
    return [
        {
            "svg": draw_svg(molecules.smiles[mol]),
            "smiles": molecules.smiles[mol],
            "place": molecules.places[mol],
            "measured": f"{molecules.labels[mol, index]:.4g}",
            "predicted": {
                name: format_metric(values[mol], ".3g")
                for name, values in molecules.of_task(index).items()
            },
            "similarity": f"{molecules.similarity[mol]:.2f}",
        }
        for mol in order
        if not math.isnan(errors[mol])
    ]
