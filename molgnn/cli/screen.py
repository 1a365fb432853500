"""``molgnn screen``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.options import Device, Model, SmilesColumn


def screen(
    library: Annotated[
        Path, typer.Argument(help="A file of molecules, of any size.", show_default=False)
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="A new .csv or .tsv, or either with .gz.", show_default=False
        ),
    ],
    model: Model = "tox21",
    smiles_column: SmilesColumn = None,
    workers: Annotated[
        int,
        typer.Option(
            min=1, help="Worker processes; as many as the machine has cores is fastest on CPUs."
        ),
    ] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it exists.")
    ] = False,
    device: Device = "auto",
) -> None:
    """Score a file of molecules, whatever it holds: one row out for each row in.

    The output has the columns of the library, then status and reason, then the
    probability of each effect; it appears when it is complete.

    Example:  molgnn screen vendor.csv.gz -m tox21 -o scored.csv.gz
    """
    from molgnn.screening import screen

    summary = screen(
        library,
        model,
        output=output,
        smiles_column=smiles_column,
        workers=workers,
        device=device,
        overwrite=overwrite,
        progress=True,
    )
    typer.echo(str(summary))
