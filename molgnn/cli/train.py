"""``molgnn train``: its own options; those of the settings come from `TrainingConfig`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from molgnn.cli.metrics import print_metrics
from molgnn.cli.options import AsJson, option_names, print_json
from molgnn.cli.settings import read_settings
from molgnn.errors import with_options

if TYPE_CHECKING:
    from molgnn.experiments.run import Run

Table = Annotated[
    Path,
    typer.Argument(
        help="A file with a SMILES column and a column of labels per task; a label may be missing.",
        show_default=False,
    ),
]
Output = Annotated[
    Path,
    typer.Option(
        "--output", "-o", help="A new folder for the model and its metrics.", show_default=False
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        help="Settings from a config.json of another run; options given here come first.",
        show_default=False,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the training in this folder.")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Begin the training in this folder anew.")
]
Devices = Annotated[
    int,
    typer.Option(min=1, help="GPUs, or where there are none processes, that share each batch."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Members of folds and ensembles that are trained at the same time, on a thread each; "
        "the result does not depend on it. By default one per core, and one on a GPU.",
        show_default=False,
    ),
]
Report = Annotated[
    bool,
    typer.Option(
        "--report/--no-report",
        help="Write report.html, with a random forest and LightGBM on the same rows.",
    ),
]


def refuse_both(*, resume: bool, overwrite: bool) -> None:
    """Refuse to go on with a training and to begin it anew; raise `typer.BadParameter`."""
    if resume and overwrite:
        raise typer.BadParameter("give --resume or --overwrite, not both")


def train(
    ctx: typer.Context,
    table: Table,
    output: Output,
    config: Config = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    devices: Devices = 1,
    jobs: Jobs = None,
    report: Report = True,
    as_json: AsJson = False,
) -> None:
    """Train a model on a table of your own.

    Example:  molgnn train tox21.csv -o runs/tox21 --split scaffold
    """
    refuse_both(resume=resume, overwrite=overwrite)
    from molgnn.experiments.run_folder import RunFolder
    from molgnn.experiments.train import train

    if config is None and resume:
        config = RunFolder(output).config
    options = option_names(ctx.command, ctx)
    run = train(
        table,
        output,
        read_settings(ctx, config),
        resume=resume,
        overwrite=overwrite,
        devices=devices,
        jobs=jobs,
        report=report,
        progress=True,
        notify=lambda text: typer.echo(with_options(text, options), err=True),
    )
    if as_json and run.evaluations:
        print_json(run.to_json())
    elif run.evaluations:  # other processes of torchrun's write and print nothing
        _print_run(run, report=report)


def _print_run(run: Run, *, report: bool) -> None:
    print_metrics(run.evaluations["test"])
    if run.interrupted:
        typer.echo("interrupted: the model is the best one until then; --resume goes on")
    typer.echo(f"the model and its metrics are in {run.folder}")
    if report and not run.interrupted:
        typer.echo(f"to read: {run.folder / 'report.html'}")
