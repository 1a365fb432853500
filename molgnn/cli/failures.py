"""How a command fails: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from molgnn.errors import MolgnnError

INTERRUPTED = 130


class OneLineFailures(TyperGroup):
    """The commands; what one of them raises on purpose becomes its message and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except MolgnnError as error:
            _say(str(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            _say("interrupted")
            raise typer.Exit(INTERRUPTED) from error


def _say(message: str) -> None:
    typer.echo(f"molgnn: {' '.join(message.splitlines())}", err=True)
