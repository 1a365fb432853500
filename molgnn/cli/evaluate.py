"""``molgnn evaluate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.metrics import print_metrics
from molgnn.cli.options import Device, SmilesColumn, split_names


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            help="A name from [bold]molgnn models list[/], or a folder of [bold]molgnn train[/].",
            show_default=False,
        ),
    ],
    table: Annotated[
        Path,
        typer.Argument(
            help="A file with a SMILES column and labels in columns named as the model's tasks.",
            show_default=False,
        ),
    ],
    smiles_column: SmilesColumn = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            help="Tasks to look at, with commas between; by default all that the table has.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write the figures to this file, as JSON.", show_default=False
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it exists.")
    ] = False,
    device: Device = "auto",
) -> None:
    """Measure how well a model predicts known labels.

    Example:  molgnn evaluate tox21 measured.csv -o metrics.json
    """
    from molgnn.experiments.evaluate import evaluate
    from molgnn.files import atomic_write
    from molgnn.screening.output import check_output

    if output is not None:
        check_output(output, [table], overwrite=overwrite)
    evaluation = evaluate(
        model, table, smiles_column=smiles_column, tasks=split_names(tasks), device=device
    )
    print_metrics(evaluation)
    if evaluation.absent:
        typer.echo(f"the table has no labels of {', '.join(evaluation.absent)}", err=True)
    if evaluation.rejected:
        typer.echo(evaluation.describe_rejected(), err=True)
    if output is not None:
        with atomic_write(output) as file:
            file.write(f"{json.dumps(evaluation.to_json(), indent=1)}\n".encode())
