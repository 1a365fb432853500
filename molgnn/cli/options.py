"""Options that several commands have, described once."""

from __future__ import annotations

import csv
from typing import Annotated

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


def split_names(names: str | None) -> list[str] | None:
    """Return the names in ``a, b``, or in ``a, "b, c"``; None where none are given."""
    if names is None:
        return None
    cells = next(csv.reader([names], skipinitialspace=True), [])
    return [name.strip() for name in cells if name.strip()]
