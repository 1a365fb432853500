"""How a command fails: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from molgnn.errors import MolgnnError

INTERRUPTED = 130


class OneLineFailures(TyperGroup):
    """The commands; what one raises on purpose, or the system refuses it, becomes its message."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except MolgnnError as error:
            _say(str(error))
            raise typer.Exit(error.exit_code) from error
        except BrokenPipeError:  # a reader that left early, which is no failure
            raise
        except OSError as error:
            _say(f"{error.filename or 'the disk'}: {error.strerror or error}")
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            _say("interrupted")
            raise typer.Exit(INTERRUPTED) from error


def _say(message: str) -> None:
    typer.echo(f"molgnn: {' '.join(message.splitlines())}", err=True)
