"""``molgnn evaluate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.metrics import print_metrics
from molgnn.cli.options import AsJson, Device, option_names, print_json
from molgnn.cli.settings import given_settings
from molgnn.errors import with_options

Model = Annotated[
    str,
    typer.Argument(
        help="A name from [bold]molgnn models list[/], or a folder of [bold]molgnn train[/].",
        show_default=False,
    ),
]
Table = Annotated[
    Path,
    typer.Argument(
        help="A file with a SMILES column and labels in columns named as the model's tasks.",
        show_default=False,
    ),
]
IncludeTrainingRows = Annotated[
    bool,
    typer.Option(
        "--include-training-rows",
        help="Count rows whose molecule the model was trained on, too.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write the metrics to this file, as JSON.", show_default=False
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the output if it exists.")]


def evaluate(
    ctx: typer.Context,
    model: Model,
    table: Table,
    include_training_rows: IncludeTrainingRows = False,
    output: Output = None,
    overwrite: Overwrite = False,
    device: Device = "auto",
    as_json: AsJson = False,
) -> None:
    """Measure how well a model predicts known labels of molecules that it was not trained on.

    Example:  molgnn evaluate tox21 measured.csv -o metrics.json
    """
    from molgnn.experiments.evaluate import evaluate
    from molgnn.files import atomic_write
    from molgnn.screening.output import check_output

    if output is not None:
        check_output(output, [table], overwrite=overwrite)
    evaluation = evaluate(
        model,
        table,
        include_training_rows=include_training_rows,
        device=device,
        **given_settings(ctx),
    )
    if as_json:
        print_json(evaluation.to_json())
    else:
        print_metrics(evaluation)
    options = option_names(ctx.command, ctx)
    if evaluation.absent:
        typer.echo(f"the table has no labels of {', '.join(evaluation.absent)}", err=True)
    told = (evaluation.describe_training_rows(), evaluation.describe_rejected())
    for text in (*evaluation.notes, *told):
        if text:
            typer.echo(with_options(text, options), err=True)
    if output is not None:
        with atomic_write(output) as file:
            file.write(f"{json.dumps(evaluation.to_json(), indent=1)}\n".encode())
