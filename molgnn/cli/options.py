"""Options that several commands have, described once."""

from __future__ import annotations

import csv
import json
from typing import Annotated, Any

import typer

Model = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help="A name from [bold]molgnn models list[/], or a folder of [bold]molgnn train[/].",
    ),
]
SmilesColumn = Annotated[
    str | None,
    typer.Option(
        "--smiles-column",
        help="The column that holds the SMILES; found by its name where not given.",
        show_default=False,
    ),
]
Device = Annotated[
    str,
    typer.Option("--device", help="Where the model runs: auto (a GPU if there is one), cpu, cuda…"),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def print_json(record: Any) -> None:
    """Print plain data as JSON, in lines that a person can read, too."""
    typer.echo(json.dumps(record, indent=1, ensure_ascii=False))


def option_names(command: Any, ctx: typer.Context) -> dict[str, str]:
    """Return the long option of each parameter of a command, for `molgnn.errors.with_options`."""
    options = {param.name: max(param.opts, key=len) for param in command.get_params(ctx)}
    return {name: option for name, option in options.items() if option.startswith("--")}


def split_names(names: str | None) -> list[str] | None:
    """Return the names in ``a, b``, or in ``a, "b, c"``; None where none are given."""
    if names is None:
        return None
    cells = next(csv.reader([names], skipinitialspace=True), [])
    return [name.strip() for name in cells if name.strip()]
