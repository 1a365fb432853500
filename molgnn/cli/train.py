"""``molgnn train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.figures import print_evaluation
from molgnn.cli.options import SmilesColumn, split_names
from molgnn.cli.settings import changed, read_pairs

NO_SETTINGS = (
    "table",
    "output",
    "config",
    "resume",
    "overwrite",
    "devices",
    "report",
    "encoder_option",
)
DATA = "What to learn from"
NETWORK = "What learns"
COURSE = "How it learns"


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
            "--output", "-o", help="A new folder for the model and its figures.", show_default=False
        ),
    ],
    tasks: Annotated[
        str | None,
        typer.Option(
            help="The label columns, with commas between; by default all of numbers, but those "
            "that by their header name the rows (id, no, cas…).",
            callback=split_names,
            rich_help_panel=DATA,
        ),
    ] = None,
    smiles_column: SmilesColumn = None,
    standardize: Annotated[
        str | None,
        typer.Option(help="Clean-up of structures: parent, chembl or off.", rich_help_panel=DATA),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="How the test molecules are chosen: random, scaffold, balanced (whole "
            "scaffolds, shared out at random by the seed), or column:NAME for a column of train, "
            "valid and test.",
            rich_help_panel=DATA,
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            help="Cross-validate: every molecule is tested once, in one of so many folds.",
            rich_help_panel=DATA,
        ),
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(
            help="Repeat the whole so often, each time with another seed, which also splits anew "
            "unless the split is scaffold or a column.",
            rich_help_panel=DATA,
        ),
    ] = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="The network: dmpnn, gcn, gat, sage, gin, mpnn, attentivefp, dgllife.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    ensemble: Annotated[
        int | None,
        typer.Option(
            help="Networks that are trained on each split and predict together.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    hidden_dim: Annotated[
        int | None,
        typer.Option(
            help="Width of the network; by default the encoder's own.", rich_help_panel=NETWORK
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            help="How many bonds far an atom sees; the encoder's own.", rich_help_panel=NETWORK
        ),
    ] = None,
    dropout: Annotated[
        float | None,
        typer.Option(
            help="Share of the encoder's states dropped, by default its own; the head's is "
            "head_options in --config.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    encoder_option: Annotated[
        list[str] | None,
        typer.Option(
            help="Any other option of the encoder, as NAME=VALUE; may be given again.",
            show_default=False,
            rich_help_panel=NETWORK,
        ),
    ] = None,
    readout: Annotated[
        str | None,
        typer.Option(
            help="From atoms to molecule: mean, sum, max, attention…", rich_help_panel=NETWORK
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            help="Which properties of atoms and bonds the network sees.", rich_help_panel=NETWORK
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="What the model is called, behind its encoder.", rich_help_panel=NETWORK),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="The same seed gives the same model.", rich_help_panel=COURSE),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            help="Passes over the table, at most; by default 10 to 200, by its size.",
            rich_help_panel=COURSE,
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            help="Stop after so many epochs without a better score; by default half of them.",
            rich_help_panel=COURSE,
        ),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Molecules per step.", rich_help_panel=COURSE)
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="The highest, after warm-up.", rich_help_panel=COURSE)
    ] = None,
    weight_decay: Annotated[
        float | None,
        typer.Option(help="How hard weights are pulled to zero.", rich_help_panel=COURSE),
    ] = None,
    loss: Annotated[
        str | None, typer.Option(help="Of classifications: bce or focal.", rich_help_panel=COURSE)
    ] = None,
    regression_loss: Annotated[
        str | None, typer.Option(help="Of regressions: mse or huber.", rich_help_panel=COURSE)
    ] = None,
    class_balance: Annotated[
        bool | None,
        typer.Option(
            "--class-balance",
            help="Weigh rare positives as much as the negatives of their task.",
            rich_help_panel=COURSE,
        ),
    ] = None,
    task_weights: Annotated[
        str | None,
        typer.Option(
            help='How much each task counts: "NR-AR=2,SR-p53=0.5"; the others 1.',
            show_default=False,
            rich_help_panel=COURSE,
        ),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            help="fp32; bf16; or auto, which is bf16 on a GPU that has it.", rich_help_panel=COURSE
        ),
    ] = None,
    devices: Annotated[
        int,
        typer.Option(
            min=1,
            help="GPUs, or where there are none processes, that share each batch.",
            rich_help_panel=COURSE,
        ),
    ] = 1,
    report: Annotated[
        bool,
        typer.Option(
            "--report/--no-report",
            help="Write report.html, with a random forest on the same rows.",
            rich_help_panel=COURSE,
        ),
    ] = True,
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings from a config.json of another run; options given here come first."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the training in this folder.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Begin the training in this folder anew.")
    ] = False,
) -> None:
    """Train a model on a table of your own.

    Example:  molgnn train tox21.csv -o runs/tox21 --split scaffold
    """
    if resume and overwrite:
        raise typer.BadParameter("give --resume or --overwrite, not both")
    from molgnn.training.config import TrainingConfig
    from molgnn.training.folder import RunFolder
    from molgnn.training.run import train

    if config is None and resume:
        config = RunFolder(output).config
    base = TrainingConfig() if config is None else TrainingConfig.read(config)
    given = {name: value for name, value in ctx.params.items() if name not in NO_SETTINGS}
    if task_weights is not None:
        given["task_weights"] = read_pairs(split_names(task_weights) or [])
    run = train(
        table,
        output,
        changed(base, given, read_pairs(encoder_option or [])),
        resume=resume,
        overwrite=overwrite,
        devices=devices,
        report=report,
        progress=True,
    )
    if not run.evaluations:  # another process of torchrun's writes and prints
        return
    print_evaluation(run.evaluations["test"])
    if run.interrupted:
        typer.echo("interrupted: the model is the best one until then; --resume goes on")
    typer.echo(f"the model and its figures are in {run.folder}")
    if report and not run.interrupted:
        typer.echo(f"to read: {run.folder / 'report.html'}")
