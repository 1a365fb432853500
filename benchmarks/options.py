"""Command-line options that several benchmarks share."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.libraries import require_libraries
from benchmarks.records import REPOSITORY
from molgnn.errors import unknown_name

WORKDIR = REPOSITORY / "runs" / "benchmarks"

ShowOption = Annotated[
    Path | None, typer.Option("--show", help="Print the table of an earlier JSON; measure nothing.")
]
JsonOption = Annotated[Path, typer.Option("--json", help="Where every single measurement goes.")]
LibraryOption = Annotated[
    list[Path] | None,
    typer.Option("--library", help="Real molecules; several files are drawn from evenly."),
]
WorkdirOption = Annotated[
    Path, typer.Option("--workdir", help="For tables, models, logs and chemprop's environment.")
]


def given_libraries(given: list[Path] | None) -> list[Path]:
    """Return the files of ``--library``, else the large ones at hand.

    Raises
    ------
    BadParameter
        If there is none.
    """
    try:
        return require_libraries(given or [])
    except FileNotFoundError as error:
        raise typer.BadParameter(str(error)) from error


def pick(patterns: str, names: Sequence[str], kind: str) -> list[str]:
    """Return the names that fit any of some patterns.

    Parameters
    ----------
    patterns
        Names, or patterns such as ``molgnn-*``, separated by commas.
    names
        All that there are, in the order to return them.
    kind
        What is being named, for the error.

    Raises
    ------
    UnknownName
        If a pattern fits none.
    """
    asked = patterns.split(",")
    for pattern in asked:
        if not any(fnmatch(name, pattern) for name in names):
            raise unknown_name(kind, pattern, names)
    return [name for name in names if any(fnmatch(name, each) for each in asked)]


def parse_numbers(text: str) -> list[int]:
    """Return the whole numbers of a text, such as ``0,1,2``.

    Raises
    ------
    BadParameter
        If there is anything else between the commas.
    """
    parts = text.split(",")
    if not all(part.strip().isdigit() for part in parts):
        raise typer.BadParameter(
            f"expected whole numbers but got {text!r}; fix: separate them by commas, as in 1,2"
        )
    return [int(part) for part in parts]
