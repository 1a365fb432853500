"""A large table to learn from: real molecules, and labels that can be read off their SMILES."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

from libraries import read_rows

# One task each: is this written in the SMILES? Some are rare, some common, as in real tables.
PLANTED = ("N", "F", "Cl", "S", "C#N", "c1ccccc1", "C(=O)N", "OC", "n1", "Br", "[nH]", "C=C")
GAP_EVERY = 5  # a fifth of the labels is missing


def plant_labels(library: Path, path: Path, n_rows: int) -> Path:
    """Write *n_rows* rows of a cleaned library with a label per task, or a gap.

    Parameters
    ----------
    library
        With the columns ``id`` and ``smiles``.
    path
        Where the table goes, with ``smiles`` and twelve tasks; there once it is complete.
    n_rows
        How many rows; all of the library where it has fewer.
    """
    staged = path.with_suffix(".part")
    with staged.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["smiles", *(f"task_{i + 1}" for i in range(len(PLANTED)))])
        for number, (_, smiles) in enumerate(islice(read_rows(library), n_rows)):
            writer.writerow([smiles, *labels_of(smiles, number)])
    return staged.replace(path)


def labels_of(smiles: str, number: int) -> list[str]:
    """Return a row's labels as text: ``1`` where the SMILES has the task's part, else ``0``.

    The gaps move on by one task from row to row, so that no task and no row is without labels.
    """
    return [
        "" if (number + i) % GAP_EVERY == 0 else str(int(part in smiles))
        for i, part in enumerate(PLANTED)
    ]
