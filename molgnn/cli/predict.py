"""``molgnn predict``: predict a few molecules and print the outcome."""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any

import typer

from molgnn.chem.reading import as_text
from molgnn.cli.options import Device, Model

if TYPE_CHECKING:
    from rich.table import Table

    from molgnn.predictor.predictions import Predictions

TASK_WIDTH = 20
VALUE_WIDTH = 8
MIN_MEANING_WIDTH = 24


def predict(
    smiles: Annotated[
        list[str],
        typer.Argument(
            help="Molecules; - reads them from stdin, one per line.", show_default=False
        ),
    ],
    model: Model = "tox21",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    device: Device = "auto",
    add: Annotated[
        list[str] | None,
        typer.Option(
            help="A column to add, one of {molgnn.predictor.annotators:ANNOTATORS}; give it again "
            "for another.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Predict a few molecules and print the outcome.

    Example:  molgnn predict "CCO" "c1ccccc1O" -m tox21
    """
    if as_json and as_csv:
        raise typer.BadParameter("give --json or --csv, not both")
    from molgnn.zoo import load

    texts = [text for given in smiles for text in (_stdin() if given == "-" else [given])]
    predictions = load(model, device=device, add=add or ()).predict(texts)
    if as_json:
        typer.echo(json.dumps(_records(predictions), indent=1))
    elif as_csv:
        typer.echo(predictions.to_frame().to_csv(index=False, float_format="%.6g"), nl=False)
    else:
        _print(predictions)


def _stdin() -> list[str]:
    """Return the first word of each line: in a SMILES file, names stand behind it."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # a byte of Latin-1 costs no other row
    return [as_text(line.split()[0]) if line.strip() else "" for line in sys.stdin]


def _records(predictions: Predictions) -> list[dict[str, Any]]:
    return [
        {
            "smiles": row.smiles,
            "status": "ok" if row.ok else "rejected",
            "reason": row.reason,
            "predictions": {name: _as_json(cell) for name, cell in row.items()} if row.ok else None,
        }
        for row in predictions
    ]


def _as_json(cell: Any) -> Any:
    return None if cell != cell else cell  # JSON has no NaN


def _print(predictions: Predictions) -> None:
    """Print the molecules, numbered, then the tasks with as many molecules beside as fit."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    for number, row in enumerate(predictions, 1):
        console.print(f"{number:>3}  {row.smiles}", soft_wrap=True)
        if not row.ok:
            console.print(f"     rejected: {row.reason}", style="red", soft_wrap=True)
    scored = [place for place, row in enumerate(predictions) if row.ok]
    per_table = max(1, (console.width - TASK_WIDTH) // VALUE_WIDTH)
    room = console.width - TASK_WIDTH - VALUE_WIDTH * min(per_table, len(scored))
    for start in range(0, len(scored), per_table):
        console.print()
        console.print(_table(predictions, scored[start : start + per_table], room))


def _table(predictions: Predictions, rows: list[int], room: int) -> Table:
    """Return a table of some rows, with what the tasks mean where there is room for it."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(
        "column" if predictions.added else "task", no_wrap=True, min_width=TASK_WIDTH - 2
    )
    for row in rows:
        table.add_column(str(row + 1), no_wrap=True, justify="right", min_width=VALUE_WIDTH - 2)
    with_meaning = room >= MIN_MEANING_WIDTH
    if with_meaning:
        table.add_column("meaning", no_wrap=True, style="dim", max_width=room)
    shown = [predictions[row] for row in rows]
    for column in predictions.columns:
        name = f"{column.name} [{column.unit}]" if column.unit else column.name
        cells = [_show(row[column.name]) for row in shown]
        table.add_row(name, *cells, *([column.description] if with_meaning else []))
    return table


def _show(cell: Any) -> str:
    if cell is None or cell != cell:
        return ""
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
