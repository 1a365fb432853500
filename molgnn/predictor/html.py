"""Predictions as a table in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from molgnn.predictor.row import PredictedRow
from molgnn.predictor.schema import OutputColumn, OutputColumns, Role

MAX_ROWS = 20
MAX_LETTERS = 40
LEFT = "text-align:left"


def show_table(
    columns: OutputColumns, rows: Iterable[PredictedRow], *, title: str, n_more: int
) -> str:
    """Return rows as HTML: probabilities over a bar of their length, reasons in words.

    Parameters
    ----------
    columns
        The schema.
    rows
        Those that are shown.
    title
        A line above.
    n_more
        How many rows there are besides.
    """
    titles = "".join(
        f"<th title='{escape(column.description)}'>{escape(column.name)}</th>" for column in columns
    )
    shown = "".join(_show_row(columns, row) for row in rows)
    more = f"<p>… and {n_more} more rows</p>" if n_more > 0 else ""
    return (
        f"<p>{escape(title)}</p>"
        f"<table><tr><th></th><th style='{LEFT}'>smiles</th>{titles}</tr>{shown}</table>{more}"
    )


def _show_row(columns: OutputColumns, row: PredictedRow) -> str:
    smiles = row.smiles
    shown = smiles if len(smiles) <= MAX_LETTERS else f"{smiles[: MAX_LETTERS - 1]}…"
    if row.ok:
        cells = "".join(_show_cell(column, row[column.name]) for column in columns)
    else:
        reason = f"<em>rejected: {escape(row.reason)}</em>"
        cells = f"<td style='{LEFT}' colspan='{len(columns)}'>{reason}</td>"
    return (
        f"<tr><th style='{LEFT}'>{escape(str(row.label))}</th>"
        f"<td style='{LEFT}' title='{escape(smiles)}'><code>{escape(shown)}</code></td>"
        f"{cells}</tr>"
    )


def _show_cell(column: OutputColumn, cell: Any) -> str:
    """Show a cell, a probability over its share of orange: what is behind shines through."""
    if cell is None or cell != cell:
        return "<td></td>"
    if column.role is Role.PROBABILITY:
        return f"<td style='background:rgba(230,85,13,{0.8 * cell:.2f})'>{cell:.3f}</td>"
    return f"<td>{cell:.4g}</td>" if isinstance(cell, float) else f"<td>{escape(str(cell))}</td>"
