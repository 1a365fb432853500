"""Which line of a text is the header of a table, where the name of the file does not tell."""

from __future__ import annotations

from collections.abc import Sequence

from molgnn.chem.reading.columns import DELIMITERS, index_of
from molgnn.chem.reading.lines import as_text
from molgnn.chem.reading.smiles_headers import is_smiles_header

COMMENT = "#"

_MAX_SHOWN = 60


def is_table_header(line: str) -> bool:
    """Say whether a line names SMILES in a cell, with a delimiter of CSV beside it."""
    return any(
        is_smiles_header(cell.strip('"'))
        for delimiter in DELIMITERS
        if delimiter in line
        for cell in line.strip().split(delimiter)
    )


def count_comments(lines: Sequence[str], wanted: str | None = None) -> int:
    """Return how many lines stand above the header that are blank, or begin with ``#``.

    They are told from rows by the line behind them alone, which must name SMILES, or the column
    that is *wanted*; else there are none.
    """
    for n_above, line in enumerate(lines):
        if line.strip() and not line.startswith(COMMENT):
            return n_above if _is_header(line, wanted) else 0
    return 0


def find_header(lines: Sequence[str]) -> int | None:
    """Return the place of the first line that names SMILES in a cell."""
    return next((place for place, line in enumerate(lines) if _is_header(line, None)), None)


def describe_header(lines: Sequence[str], place: int) -> str:
    """Return what to do where the header is not the first line."""
    above = "the line" if place == 1 else f"the {place} lines"
    return (
        f"line {place + 1} looks like the header ({shown(lines[place])!r}); fix: delete {above} "
        f"above it, or begin each with {COMMENT}"
    )


def shown(line: str) -> str:
    """Return a line for a message."""
    return as_text(line.strip())[:_MAX_SHOWN]


def _is_header(line: str, wanted: str | None) -> bool:
    cells = [cell.strip().strip('"') for delimiter in DELIMITERS for cell in line.split(delimiter)]
    return any(map(is_smiles_header, cells)) or (
        wanted is not None and index_of(wanted, cells) is not None
    )
