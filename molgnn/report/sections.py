"""The sections of the tasks, as what the page's template reads."""

from __future__ import annotations

import base64
import io
import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from molgnn.assess.thresholds import Confusion
from molgnn.chem.depict import draw_svg
from molgnn.report.comparison import written
from molgnn.report.content import ReportContent
from molgnn.report.figures import draw_task

WORST = 8
DECIDED = {
    "sensitivity": "sensitivity", "specificity": "specificity", "precision": "precision",
    "balanced_accuracy": "balanced accuracy", "f1": "F1", "mcc": "MCC",
}  # fmt: skip


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


def _confusions(content: ReportContent, index: int) -> list[dict[str, Any]]:
    judged = content.judged
    labels = judged.labels[:, index]
    both = (
        ("model", content.thresholds[index], judged.model[:, index]),
        ("forest", content.forest_thresholds[index], judged.forest[:, index]),
    )
    confusions = {name: Confusion.at(where, labels, said) for name, where, said in both}
    return [
        {
            "name": name,
            "counts": confusion,
            "figures": {title: written(getattr(confusion, of)) for of, title in DECIDED.items()},
        }
        for name, confusion in confusions.items()
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
            "model": written(judged.model[mol, index], ".3g"),
            "forest": written(judged.forest[mol, index], ".3g"),
            "similarity": f"{judged.similarity[mol]:.2f}",
        }
        for mol in order
        if not math.isnan(errors[mol])
    ]
