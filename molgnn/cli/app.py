"""The commands, put together."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from molgnn.cli import distill, doctor, evaluate, models, predict, pretrain, screen, train, tune
from molgnn.cli.failures import OneLineFailures
from molgnn.cli.records import HelpWithNames
from molgnn.cli.settings import SettingsCommand

app = typer.Typer(
    cls=OneLineFailures,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(no_args_is_help=True, cls=HelpWithNames)(screen.screen)
app.command(no_args_is_help=True, cls=HelpWithNames)(predict.predict)
app.command(no_args_is_help=True, cls=SettingsCommand)(train.train)
app.command(no_args_is_help=True, cls=SettingsCommand)(tune.tune)
app.command(no_args_is_help=True, cls=SettingsCommand)(pretrain.pretrain)
app.command(no_args_is_help=True, cls=SettingsCommand)(distill.distill)
app.command(no_args_is_help=True, cls=SettingsCommand)(evaluate.evaluate)
app.add_typer(models.app, name="models")
app.command()(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        import molgnn

        typer.echo(f"molgnn {molgnn.__version__}")
        raise typer.Exit


@app.callback()
def describe(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    """Predict the properties of molecules: SMILES in, calibrated predictions out.

    Begin with:  molgnn predict "CC(=O)Oc1ccccc1C(=O)O"
    """


def main() -> None:
    """Run the command line."""
    # Read once, when torch is loaded: threads that wait for others leave the core to who needs it.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # for what the terminal can't show
    app()
