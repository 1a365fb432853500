"""``molgnn train``: its own options; those of the settings come from `TrainingConfig`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.metrics import print_metrics
from molgnn.cli.settings import read_settings


def train(
    ctx: typer.Context,
    table: Annotated[
        Path,
        typer.Argument(
            help="A file with a SMILES column and a column of labels per task; a label may be "
            "missing.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="A new folder for the model and its metrics.", show_default=False
        ),
    ],
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings from a config.json of another run; options given here come first.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the training in this folder.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Begin the training in this folder anew.")
    ] = False,
    devices: Annotated[
        int,
        typer.Option(min=1, help="GPUs, or where there are none processes, that share each batch."),
    ] = 1,
    report: Annotated[
        bool,
        typer.Option(
            "--report/--no-report", help="Write report.html, with a random forest on the same rows."
        ),
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the folder and the test metrics as JSON.")
    ] = False,
) -> None:
    """Train a model on a table of your own.

    Example:  molgnn train tox21.csv -o runs/tox21 --split scaffold
    """
    if resume and overwrite:
        raise typer.BadParameter("give --resume or --overwrite, not both")
    from molgnn.experiments.run_folder import RunFolder
    from molgnn.experiments.train import train

    if config is None and resume:
        config = RunFolder(output).config
    run = train(
        table,
        output,
        read_settings(ctx, config),
        resume=resume,
        overwrite=overwrite,
        devices=devices,
        report=report,
        progress=True,
    )
    if not run.evaluations:  # another process of torchrun's writes and prints
        return
    if as_json:
        typer.echo(json.dumps(run.to_json(), indent=1))
        return
    print_metrics(run.evaluations["test"])
    if run.interrupted:
        typer.echo("interrupted: the model is the best one until then; --resume goes on")
    typer.echo(f"the model and its metrics are in {run.folder}")
    if report and not run.interrupted:
        typer.echo(f"to read: {run.folder / 'report.html'}")
