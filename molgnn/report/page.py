"""Write the training report: one HTML page without other files, and its plots as PNG."""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from pathlib import Path

from molgnn.chem.splits import PARTS
from molgnn.chem.splits.counts import describe_cell
from molgnn.report.comparison import by_similarity, by_task
from molgnn.report.content import ReportContent
from molgnn.report.sections import task_sections
from molgnn.report.style import COLOURS

PAGE, PICTURES = "report.html", "figures"


def write_report(folder: Path, content: ReportContent, curves: Path | None = None) -> Path:
    """Write ``report.html``, which needs no other file, and the pictures as PNG beside it.

    Parameters
    ----------
    folder
        That is there already.
    content
        What the page says.
    curves
        A PNG of the learning curves, to be shown as well if it exists.

    Returns
    -------
    Path
        Of the page.
    """
    from jinja2 import Environment, StrictUndefined

    template = files("molgnn.report").joinpath("templates/report.html.j2")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pictures = folder / PICTURES
    pictures.mkdir(exist_ok=True)
    text = environment.from_string(template.read_text(encoding="utf-8")).render(
        content=content,
        models=list(content.molecules.predictions),
        colours=COLOURS,
        tables=by_task(content),
        similarity_tables=by_similarity(content),
        learning_curves=_as_base64(curves),
        sections=task_sections(content, pictures),
        counts=_counts(content),
        n_folds=len(set(content.molecules.folds.tolist())),
    )
    page = folder / PAGE
    page.write_text(text, encoding="utf-8")
    return page


def _as_base64(picture: Path | None) -> str:
    """Return a picture for the page, or nothing where there is none."""
    if picture is None or not picture.exists():
        return ""
    return b64encode(picture.read_bytes()).decode()


def _counts(content: ReportContent) -> list[dict[str, object]]:
    """Return the label counts of each task, part by part."""
    cells = content.counts.apply(describe_cell, axis=1).unstack("part")
    names = content.tasks.names  # unstacking sorts
    return [{"name": name, "cells": list(cells.loc[name, list(PARTS)])} for name in names]
