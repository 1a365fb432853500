"""``molgnn tune``: its own options; those of the settings come from `TrainingConfig`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.options import AsJson, option_names, print_json, split_names
from molgnn.cli.settings import read_settings
from molgnn.errors import with_options

Table = Annotated[
    Path,
    typer.Argument(help="What [bold]molgnn train[/] would be given.", show_default=False),
]
Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="A folder for the search; the same command goes on with what is there.",
        show_default=False,
    ),
]
Encoders = Annotated[
    str | None,
    typer.Option(
        help="The network, or several to choose from, with commas between; that of --config.",
        show_default="dmpnn",
    ),
]
Trials = Annotated[
    int, typer.Option(min=1, help="How many settings to try, earlier runs included.")
]
Minutes = Annotated[
    float | None,
    typer.Option(help="Begin no new trial after so many minutes.", show_default=False),
]
Config = Annotated[
    Path | None,
    typer.Option(
        help="Settings from a config.json; options given here come first.", show_default=False
    ),
]


def tune(
    ctx: typer.Context,
    table: Table,
    output: Output,
    encoder: Encoders = None,
    trials: Trials = 30,
    minutes: Minutes = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Search for the settings that suit a table, by validation score.

    What the search varies (learning rate, width, readout…) begins with the values given here;
    all else stays as it is. The test part is never looked at.

    Example:  molgnn tune assay.csv -o runs/search --minutes 60
    """
    from molgnn.tuning.tune import tune

    options = option_names(ctx.command, ctx)
    tuning = tune(
        table,
        output,
        read_settings(ctx, config),
        encoders=tuple(split_names(encoder) or []),
        n_trials=trials,
        minutes=minutes,
        progress=True,
        notify=lambda text: typer.echo(with_options(text, options), err=True),
    )
    if as_json:
        print_json(tuning.to_json())
        return
    if tuning.interrupted:
        typer.echo("interrupted: the same command goes on")
    best = tuning.folder / "best.json"
    typer.echo(f"{tuning.n_trials} trials, the best validation score is {tuning.score:.4f}")
    typer.echo(f"to train with it: molgnn train {table} --config {best} -o RUN")
