"""``molgnn evaluate``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.figures import print_evaluation
from molgnn.cli.options import SmilesColumn, split_names
from molgnn.errors import FileProblem


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
) -> None:
    """Measure how well a model predicts known labels.

    Example:  molgnn evaluate tox21 measured.csv -o metrics.json
    """
    from molgnn.training.evaluate import evaluate

    evaluation = evaluate(model, table, smiles_column=smiles_column, tasks=split_names(tasks))
    print_evaluation(evaluation)
    if output is not None:
        try:
            output.write_text(json.dumps(evaluation.to_json(), indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise FileProblem(f"cannot write {output}: {error.strerror}") from error
