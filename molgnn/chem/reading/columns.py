"""Which column of a table holds the SMILES, and whether the first line is a header at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from molgnn.chem.reading.lines import as_text
from molgnn.chem.reading.sources import Source
from molgnn.errors import TableError

DELIMITERS = ",;\t|"

_NAMES = ("smiles", "canonical_smiles", "isomeric_smiles", "standardized_smiles", "smi")
"""Headers that say SMILES and nothing else, the likeliest first."""

_VAGUE_NAMES = ("structure", "mol", "molecule", "compound", "drug")
"""Headers that may say so: believed if the cells below agree."""

_PLACE = re.compile(r"column_([1-9]\d*)")


def is_smiles_header(cell: str) -> bool:
    """Say whether a header cell names SMILES without doubt."""
    name = _normalize(cell)
    return name in _NAMES or "smiles" in name.split("_")


def sniff_delimiter(header: str) -> str:
    """Return the delimiter of a CSV's first line; European Excel writes semicolons."""
    unquoted = re.sub(r'"[^"]*"', "", header)
    by_count = sorted(DELIMITERS, key=unquoted.count, reverse=True)
    for delimiter in by_count:
        if any(is_smiles_header(cell.strip('"')) for cell in header.strip().split(delimiter)[:-1]):
            return delimiter
    return by_count[0] if unquoted.count(by_count[0]) else ","


def find_columns(
    source: Source, sample: Sequence[Sequence[str]], wanted: str | None
) -> tuple[tuple[str, ...], int, bool]:
    """Return the columns' names, the index of the SMILES column, and whether there is a header.

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
            return header, index, True
        if wanted in places:
            return places, places.index(wanted), False
        raise no_column(source, wanted, header)
    index = _find_by_name(header, sample[1:])
    if index is not None:
        return header, index, True
    index = _find_by_content(sample)
    if index is not None and _are_smiles([sample[0][index]]):
        return places, index, False
    seems = f"; {header[index]!r} seems to hold SMILES" if index is not None else ""
    raise TableError(
        f"{source}: expected a column of SMILES but got {_list(header)}{seems}; fix: name it with "
        "--smiles-column (smiles_column=…), or column_1 for the first of a file without a header"
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
    return TableError(f"{source}: expected a column {wanted!r} but got {_list(header)}{hint}")


def _normalize(name: str) -> str:
    return re.sub(r"[\s.\-]+", "_", name.strip().lower())


def _find_by_name(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    names = [_normalize(name) for name in header]
    for known in _NAMES:
        if known in names:
            return names.index(known)
    for index, name in enumerate(header):
        if is_smiles_header(name):
            return index
    for vague in _VAGUE_NAMES:
        if vague in names:
            index = names.index(vague)
            if not rows or _are_smiles(_column(rows, index)):
                return index
    return None


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


def _list(header: Sequence[str]) -> str:
    shown = ", ".join(repr(as_text(name)) for name in header[:20])
    return f"the columns {shown}" + (f" and {len(header) - 20} more" if len(header) > 20 else "")
