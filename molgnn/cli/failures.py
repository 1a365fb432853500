"""How a command fails: a line on stderr and an exit code, never a traceback."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from molgnn.cli.options import option_names
from molgnn.errors import MolgnnError, with_options

INTERRUPTED = 130


class OneLineFailures(TyperGroup):
    """The commands; what one raises on purpose, or the system refuses it, becomes its message."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except MolgnnError as error:
            _say(with_options(str(error), self._options(ctx)), error)
            raise typer.Exit(error.exit_code) from error
        except BrokenPipeError:  # a reader that left early, which is no failure
            raise
        except OSError as error:
            _say(f"{error.filename or 'the disk'}: {error.strerror or error}", error)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            _say("interrupted", error)
            raise typer.Exit(INTERRUPTED) from error
        except SystemExit as error:  # SIGTERM, where what was at work is to unwind
            _say("ended from outside", error)
            raise

    def _options(self, ctx: Any) -> dict[str, str]:
        """Return the options of the command that was called, by the parameters that they are."""
        command = self.get_command(ctx, ctx.invoked_subcommand or "")
        return {} if command is None else option_names(command, ctx)


def _say(message: str, error: BaseException) -> None:
    """Print what happened and, in lines of their own, what was noted on its way up."""
    for line in (message, *getattr(error, "__notes__", ())):
        typer.echo(f"molgnn: {' '.join(line.splitlines())}", err=True)
