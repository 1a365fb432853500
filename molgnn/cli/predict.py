"""``molgnn predict``."""

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
LEAST_MEANING_WIDTH = 24


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
) -> None:
    """Predict a few molecules and print the outcome.

    Example:  molgnn predict "CCO" "c1ccccc1O" -m tox21
    """
    if as_json and as_csv:
        raise typer.BadParameter("give --json or --csv, not both")
    from molgnn.zoo import load

    texts = [text for given in smiles for text in (_stdin() if given == "-" else [given])]
    predictions = load(model, device=device).predict(texts)
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
    names = predictions.tasks.names
    records = []
    for row, values in enumerate(predictions.values.tolist()):
        record: dict[str, Any] = {"smiles": predictions.smiles[row], "status": "ok", "reason": ""}
        if row in predictions.rejected:
            record |= {"status": "rejected", "reason": predictions.rejected[row].reason}
            records.append({**record, "predictions": None})
        else:
            records.append({**record, "predictions": dict(zip(names, values, strict=True))})
    return records


def _print(predictions: Predictions) -> None:
    """Print the molecules, numbered, then the tasks with as many molecules beside as fit."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    for row, text in enumerate(predictions.smiles):
        console.print(f"{row + 1:>3}  {text}", soft_wrap=True)
        if row in predictions.rejected:
            reason = predictions.rejected[row].reason
            console.print(f"     rejected: {reason}", style="red", soft_wrap=True)
    scored = [row for row in range(len(predictions)) if row not in predictions.rejected]
    per_table = max(1, (console.width - TASK_WIDTH) // VALUE_WIDTH)
    room = console.width - TASK_WIDTH - VALUE_WIDTH * min(per_table, len(scored))
    for start in range(0, len(scored), per_table):
        console.print()
        console.print(_table(predictions, scored[start : start + per_table], room))


def _table(predictions: Predictions, rows: list[int], room: int) -> Table:
    """Return a table of some rows, with what the tasks mean where there is room for it."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("task", no_wrap=True, min_width=TASK_WIDTH - 2)
    for row in rows:
        table.add_column(str(row + 1), no_wrap=True, justify="right", min_width=VALUE_WIDTH - 2)
    with_meaning = room >= LEAST_MEANING_WIDTH
    if with_meaning:
        table.add_column("meaning", no_wrap=True, style="dim", max_width=room)
    for task, values in zip(predictions.tasks, predictions.values[rows].T, strict=True):
        name = f"{task.name} [{task.unit}]" if task.unit else task.name
        cells = [f"{value:.3f}" for value in values]
        table.add_row(name, *cells, *([task.description] if with_meaning else []))
    return table
