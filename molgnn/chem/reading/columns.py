"""Which column of a table holds the SMILES, and whether the first line is a header at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from molgnn.chem.reading.lines import as_text
from molgnn.chem.reading.smiles_headers import (
    VAGUE_HEADERS,
    is_smiles_header,
    rank_smiles_headers,
    split_words,
)
from molgnn.chem.reading.sources import Source
from molgnn.errors import TableError

DELIMITERS = ",;\t|"


def sniff_delimiter(header: str) -> str:
    """Return the delimiter of a CSV's first line; European Excel writes semicolons."""
    unquoted = re.sub(r'"[^"]*"', "", header)
    by_count = sorted(DELIMITERS, key=unquoted.count, reverse=True)
    for delimiter in by_count:
        if any(is_smiles_header(cell.strip('"')) for cell in header.strip().split(delimiter)[:-1]):
            return delimiter
    return by_count[0] if unquoted.count(by_count[0]) else ","


class ColumnsFound(NamedTuple):
    """What `find_columns` has found out.

    Parameters
    ----------
    columns
        The names.
    smiles_index
        Which of them holds the SMILES.
    has_header
        Whether the first row is one.
    notes
        Which column of SMILES is read, where there are several.
    """

    columns: tuple[str, ...]
    smiles_index: int
    has_header: bool
    notes: tuple[str, ...] = ()


def find_columns(
    source: Source, sample: Sequence[Sequence[str]], wanted: str | None
) -> ColumnsFound:
    """Find the column of SMILES, and whether the first row is a header.

    Parameters
    ----------
    source
        For messages.
    sample
        The cells of the file's first rows, at least one.
    wanted
        The name that the user gave, or ``column_1``, ``column_2``… in a file without a header.

    Raises
    ------
    TableError
        If the column is not there, or cannot be found, listing the columns there are.
    """
    header = tuple(cell.strip() for cell in sample[0])
    places = tuple(f"column_{i}" for i in range(1, len(header) + 1))
    if wanted is not None:
        index = index_of(wanted, header)
        if index is not None:
            return ColumnsFound(header, index, has_header=True)
        if wanted in places:
            return ColumnsFound(places, places.index(wanted), has_header=False)
        raise no_column(source, wanted, header)
    named = _find_by_name(header, sample[1:])
    if named:
        return ColumnsFound(header, named[0], True, _note_choice(source, header, named))
    index = _find_by_content(sample)
    if index is not None and _are_smiles([sample[0][index]]):
        return ColumnsFound(places, index, has_header=False)
    seems = f"; {header[index]!r} seems to hold SMILES" if index is not None else ""
    raise TableError(
        f"{source}: expected a column of SMILES but got {list_columns(header)}{seems}; fix: name "
        "it (smiles_column=…), or column_1 for the first of a file without a header"
    )


def index_of(wanted: str, header: Sequence[str]) -> int | None:
    """Return the first column of that name, if need be in upper or lower case; None if none is."""
    titles = [as_text(name) for name in header]
    for names, name in ((titles, wanted), ([title.lower() for title in titles], wanted.lower())):
        if name in names:
            return names.index(name)
    return None


def no_column(source: Source, wanted: str, header: Sequence[str]) -> TableError:
    """Say that a column is not there, which ones are, and which of them may be meant."""
    near = get_close_matches(wanted, map(as_text, header), n=3)
    hint = f"; fix: did you mean {' or '.join(near)}?" if near else ""
    return TableError(
        f"{source}: expected a column {wanted!r} but got {list_columns(header)}{hint}"
    )


def _find_by_name(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns whose names say SMILES, the one to read first.

    Those that hold other text, or nothing where another one holds a SMILES, come last.
    """
    ranked = rank_smiles_headers(header)
    if len(ranked) > 1:
        cells = {index: _column(rows, index) for index in ranked}
        n_filled = {index: sum(map(bool, map(str.strip, cells[index]))) for index in ranked}
        likely = [index for index in ranked if not n_filled[index] or _are_smiles(cells[index])]
        fullest = max((n_filled[index] for index in likely), default=0)
        return sorted(ranked, key=lambda i: (i not in likely, n_filled[i] < fullest))
    if ranked:
        return ranked
    names = ["".join(split_words(name)) for name in header]
    for vague in VAGUE_HEADERS:
        if vague in names:
            index = names.index(vague)
            if not rows or _are_smiles(_column(rows, index)):
                return [index]
    return []


def _note_choice(source: Source, header: Sequence[str], named: Sequence[int]) -> tuple[str, ...]:
    if len(named) < 2:
        return ()
    taken, *others = (repr(as_text(header[index])) for index in named)
    return (
        f"{source}: the SMILES are read from column {taken}, not from {', '.join(others)}; "
        "smiles_column=… names another",
    )


def _find_by_content(sample: Sequence[Sequence[str]]) -> int | None:
    """Return the first column whose cells are SMILES, the first row's aside if there are more."""
    rows = sample[1:] or sample
    for index in range(len(sample[0])):
        if _are_smiles(_column(rows, index)):
            return index
    return None


def _column(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in rows if index < len(row)]


def _are_smiles(cells: Sequence[str]) -> bool:
    """Say whether half the cells that hold anything are SMILES; only this asks for RDKit."""
    from molgnn.chem.parsing import why_rejected

    filled = [cell for cell in cells if cell.strip()]
    n_smiles = sum(why_rejected(cell) is None for cell in filled)
    return n_smiles > 0 and n_smiles * 2 >= len(filled)


def list_columns(header: Sequence[str]) -> str:
    """Return the names of columns for a message, the first of them if they are many."""
    shown = ", ".join(repr(as_text(name)) for name in header[:20])
    return f"the columns {shown}" + (f" and {len(header) - 20} more" if len(header) > 20 else "")
