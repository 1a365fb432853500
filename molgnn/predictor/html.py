"""Predictions as a table in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from molgnn.predictor.schema import OutputColumn, Role

if TYPE_CHECKING:
    from molgnn.predictor.predictions import Predictions
    from molgnn.predictor.row import PredictedRow

MAX_ROWS = 20
MAX_LETTERS = 40
LEFT = "text-align:left"


def show_predictions(predictions: Predictions) -> str:
    """Return the first rows as HTML: probabilities over a bar of their length, reasons in words."""
    columns = predictions.columns
    titles = "".join(
        f"<th title='{escape(column.description)}'>{escape(column.name)}</th>" for column in columns
    )
    rows = "".join(_show_row(columns, row) for row in predictions[:MAX_ROWS])
    n_more = len(predictions) - MAX_ROWS
    more = f"<p>… and {n_more} more rows</p>" if n_more > 0 else ""
    return (
        f"<p>{escape(predictions.summary())}</p>"
        f"<table><tr><th></th><th style='{LEFT}'>smiles</th>{titles}</tr>{rows}</table>{more}"
    )


def _show_row(columns: Any, row: PredictedRow) -> str:
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
