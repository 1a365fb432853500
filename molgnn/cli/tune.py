"""``molgnn tune``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.options import SmilesColumn, split_names


def tune(
    table: Annotated[
        Path,
        typer.Argument(help="What [bold]molgnn train[/] would learn from.", show_default=False),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="A folder for the search; the same command goes on with what is there.",
            show_default=False,
        ),
    ],
    encoder: Annotated[
        str | None,
        typer.Option(
            help="The network, or several to choose from, with commas between; that of --config.",
            show_default="dmpnn",
        ),
    ] = None,
    trials: Annotated[
        int, typer.Option(min=1, help="How many settings to try, earlier runs included.")
    ] = 30,
    minutes: Annotated[
        float | None,
        typer.Option(help="Begin no new trial after so many minutes.", show_default=False),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="random, scaffold, balanced or column:NAME; the validation part decides, the test "
            "part is never looked at.",
            show_default="balanced",
        ),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            help="The label columns, with commas between; by default all of numbers, but those "
            "that by their header name the rows (id, no, cas…).",
            show_default=False,
        ),
    ] = None,
    smiles_column: SmilesColumn = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the table; by its size if not given.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of the split and of every trial.", show_default="0")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings that do not vary, from a config.json; options given here come first.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Search for the settings that suit a table, by validation score.

    Example:  molgnn tune assay.csv -o runs/search --minutes 60
    """
    from molgnn.training.config import TrainingConfig
    from molgnn.training.tune import tune

    base = TrainingConfig() if config is None else TrainingConfig.read(config)
    given = {
        "split": split,
        "tasks": split_names(tasks),
        "smiles_column": smiles_column,
        "epochs": epochs,
        "seed": seed,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    tuning = tune(
        table,
        output,
        TrainingConfig.build(**base.model_dump() | changes),
        encoders=tuple(split_names(encoder) or []),
        n_trials=trials,
        minutes=minutes,
        progress=True,
    )
    if tuning.interrupted:
        typer.echo("interrupted: the same command goes on")
    best = tuning.folder / "best.json"
    typer.echo(f"{tuning.n_trials} trials, the best validation score is {tuning.score:.4f}")
    typer.echo(f"to train with it: molgnn train {table} --config {best} -o RUN")
