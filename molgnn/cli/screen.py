"""``molgnn screen``: score a library of molecules from file to file."""

from __future__ import annotations

from pathlib import Path

import typer

from molgnn.cli.options import option_names
from molgnn.cli.records import takes_options_of
from molgnn.cli.screening_options import ScreeningOptions
from molgnn.errors import with_options


@takes_options_of(ScreeningOptions)
def screen(ctx: typer.Context, given: ScreeningOptions) -> None:
    """Score a library of molecules, whatever it holds: one row out for each row in.

    The output has the columns of the library, then status and reason, then the
    probability of each effect; it appears when it is complete. A run that was
    interrupted is resumed when the same command is given again. Where not one row
    was scored, or the library has none, the exit status is 1, and stderr says why.

    Example:  molgnn screen vendor.csv.gz -m tox21 -o scored.csv.gz
    """
    from molgnn.chem.reading import as_text
    from molgnn.screening import screen
    from molgnn.screening.stream import STANDARD_OUTPUT

    summary = screen(**given.to_keywords(), progress=True)
    # Standard output is the table's own where it goes there.
    typer.echo(str(summary), err=given.output == [Path(STANDARD_OUTPUT)])
    options = option_names(ctx.command, ctx)
    for note in summary.notes:
        typer.echo(f"molgnn: {with_options(as_text(note), options)}", err=True)
    if summary.likely_cause:
        cause = with_options(summary.likely_cause, options)
        typer.echo(f"molgnn: not one row was scored: {cause}", err=True)
        raise typer.Exit(1)
