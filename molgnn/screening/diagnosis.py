"""Why not one row of a library was scored: it has none, or the SMILES are in another column."""

from __future__ import annotations

from collections.abc import Sequence

from molgnn.chem.reading import Library, as_text
from molgnn.chem.records import Row
from molgnn.screening.summary import Counts

MAX_ROWS = 20
"""How many rows are looked at."""


def find_likely_cause(library: Library, rows: Sequence[Row], counts: Counts) -> str:
    """Say why no row was scored, or nothing where some were.

    Parameters
    ----------
    library
        What was read.
    rows
        Its first ones.
    counts
        What became of them all.
    """
    if counts.scored:
        return ""
    if not counts.read:
        return (
            f"{library.name} holds no molecules, only the names of its columns; fix: see whether "
            "it was written to its end, or name another file"
        )
    used = library.smiles_index
    columns = {place: [row.fields[place] for row in rows] for place in range(len(library.columns))}
    for place, cells in columns.items():
        if place != used and _are_smiles(cells):
            return (
                f"{_name(library, used)} holds no SMILES, {_name(library, place)} does; fix: name "
                "it with smiles_column=…, or in a SMILES file put it first"
            )
    kind, n = max(counts.rejected.items(), key=lambda item: item[1])
    return (
        f"of {counts.read:,} rows, {n:,} were rejected for {kind}; fix: see the column reason, and "
        f"whether {_name(library, used)} holds SMILES"
    )


def _name(library: Library, place: int) -> str:
    name = as_text(library.columns[place])
    return f"column {place + 1} ({name!r})" if name else f"column {place + 1}"


def _are_smiles(cells: Sequence[str]) -> bool:
    from molgnn.chem.parsing import why_rejected

    filled = [cell for cell in cells if cell.strip()]
    n_smiles = sum(why_rejected(cell) is None for cell in filled)
    return n_smiles > 0 and n_smiles * 2 >= len(filled)
