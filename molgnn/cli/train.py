"""``molgnn train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from molgnn.cli.figures import print_evaluation
from molgnn.cli.options import SmilesColumn, split_names

if TYPE_CHECKING:
    from molgnn.training.config import TrainingConfig

ENCODER_OPTIONS = ("hidden_dim", "depth", "dropout")
NO_SETTINGS = ("table", "output", "config", "resume", "overwrite")


class TrainCommand(TyperCommand):
    """Takes the defaults that its help shows from `TrainingConfig`, when help is asked for."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help."""
        from molgnn.training.config import TrainingConfig

        config = TrainingConfig()
        defaults = config.network.model_dump() | config.model_dump(exclude_none=True)
        for option in self.params:
            default = defaults.get(option.name, False)
            if isinstance(option, TyperOption) and default is not False:
                option.help = f"{option.help} Default: {default}."
        super().format_help(ctx, formatter)


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
    encoder: Annotated[str | None, typer.Option(help="The network: dmpnn, gcn, mpnn…")] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="How the test molecules are chosen: random, scaffold, balanced (whole "
            "scaffolds, shared out at random by the seed), or column:NAME for a column of train, "
            "valid and test."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What the model is called, behind its encoder.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same model.")] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            help="The label columns, with commas between; every numeric one by default.",
            callback=split_names,
        ),
    ] = None,
    smiles_column: SmilesColumn = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the table, at most.")] = None,
    patience: Annotated[
        int | None, typer.Option(help="Stop after so many epochs without a better score.")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Molecules per step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="The highest, after warm-up.")] = None,
    hidden_dim: Annotated[
        int | None, typer.Option(help="Width of the network; by default the encoder's own.")
    ] = None,
    depth: Annotated[
        int | None, typer.Option(help="How many bonds far an atom sees; the encoder's own.")
    ] = None,
    dropout: Annotated[
        float | None, typer.Option(help="Share of the states dropped; the encoder's own.")
    ] = None,
    readout: Annotated[
        str | None, typer.Option(help="From atoms to molecule: mean, sum, max, attention…")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="Which properties of atoms and bonds the network sees.")
    ] = None,
    standardize: Annotated[
        str | None, typer.Option(help="Clean-up of structures: parent, chembl or off.")
    ] = None,
    class_balance: Annotated[
        bool | None,
        typer.Option(
            "--class-balance", help="Weigh rare positives as much as the negatives of their task."
        ),
    ] = None,
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
    run = train(
        table,
        output,
        _changed(base, given),
        resume=resume,
        overwrite=overwrite,
        progress=True,
    )
    for note in run.notes:
        typer.echo(note, err=True)
    print_evaluation(run.evaluations["test"])
    if run.interrupted:
        typer.echo("interrupted: the model is the best one until then; --resume goes on")
    typer.echo(f"the model and its figures are in {run.folder}")


def _changed(base: TrainingConfig, given: dict[str, Any]) -> TrainingConfig:
    """Return *base* with each option that was given at its place."""
    record = base.model_dump()
    network = record["network"]
    for name, value in given.items():
        if value is not None:
            place = network if name in network else record
            (network["encoder_options"] if name in ENCODER_OPTIONS else place)[name] = value
    return base.build(**record)
