"""The split that the table itself brings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from molgnn.chem.splits.split import PARTS, Split, collect, find_molecules
from molgnn.errors import TableError

_SPELLINGS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "validation": "valid",
    "val": "valid",
    "test": "test",
}


def part_named(value: str) -> str | None:
    """Return the part that a cell means (train, valid or test), None if it means none of them."""
    return _SPELLINGS.get(value.strip().lower())


def split_by_column(values: Sequence[str], smiles: Sequence[str] | None = None) -> Split:
    """Split as a column of the table says.

    Parameters
    ----------
    values
        One cell per row: train; valid, val or validation; test; in any case.
    smiles
        The rows' SMILES, so that rows without a molecule are left out; not given, all are kept.

    Raises
    ------
    TableError
        If the cell of a molecule says something else, or no row is to be trained or validated on.
        The validation part is not cut from another one silently: the table's author decides.
    """
    is_molecule = np.ones(len(values), bool) if smiles is None else find_molecules(smiles)
    parts: dict[str, list[int]] = {part: [] for part in PARTS}
    for row, value in enumerate(values):
        part = part_named(str(value))
        if part is None:
            if not is_molecule[row]:  # a line of units, or an empty one
                continue
            raise TableError(
                f"expected train, valid or test in the split column but got {str(value)!r} "
                f"in row {row} (counted from 0); fix: correct the cell"
            )
        parts[part].append(row)
    advice = "fix: name rows 'train' and 'valid' in the split column"
    return collect(list(parts.values()), is_molecule, advice)
