"""A split: the rows to train on, to validate on, and to test on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Int

from molgnn.chem.parsing import why_rejected
from molgnn.errors import ConfigError, TableError

PARTS = ("train", "valid", "test")
"""The parts of a split, in order."""

Rows = Int[np.ndarray, " mols"]
Molecules = Int[np.ndarray, " mols"]
IsMolecule = Bool[np.ndarray, " mols"]
Fractions = tuple[float, float, float]


def _no_rows() -> Rows:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Split:
    """Rows of a table by the use that is made of them; each row stands in exactly one field.

    Parameters
    ----------
    train, valid, test
        Ascending row numbers, from 0.
    left_out
        The rows whose SMILES gives no molecule.
    """

    train: Rows
    valid: Rows
    test: Rows
    left_out: Rows = field(default_factory=_no_rows)

    def names(self) -> list[str]:
        """Return the part of each row of the table: train, valid, test, or empty if left out."""
        fields = (self.train, self.valid, self.test, self.left_out)
        names = np.full(sum(len(rows) for rows in fields), "", dtype=object)
        for part, rows in zip(PARTS, fields, strict=False):
            names[rows] = part
        return list(names)

    def among(self, rows: Rows) -> Split:
        """Return the split of some rows alone, each numbered by its position in *rows*."""
        part = np.array(self.names(), dtype=object)[rows]
        return Split(*(np.flatnonzero(part == name) for name in (*PARTS, "")))

    def check_trainable(self, advice: str) -> None:
        """Raise `TableError`, with advice, if there is nothing to train or to validate on."""
        if len(self.train) and len(self.valid):
            return
        sizes = ", ".join(f"{part} {size}" for part, size in self.sizes().items())
        raise TableError(
            f"expected molecules to train and to validate on but got {sizes}; {advice}"
        )

    def sizes(self) -> dict[str, int]:
        """Return the number of rows of each part."""
        return {part: len(getattr(self, part)) for part in PARTS}


def find_molecules(smiles: Sequence[str]) -> IsMolecule:
    """Say of each row whether its SMILES gives a molecule."""
    return np.array([why_rejected(text) is None for text in smiles], dtype=bool)


def collect(parts: Sequence[Sequence[int]], is_molecule: IsMolecule, advice: str) -> Split:
    """Make a split of three lists of rows, leaving out the rows that give no molecule.

    Parameters
    ----------
    parts
        The rows to train, validate and test on, in any order.
    is_molecule
        Which rows of the table give a molecule.
    advice
        What to do, should a part that training needs come out empty.

    Raises
    ------
    TableError
        If there is nothing to train or to validate on; a test part may be empty.
    """
    rows = [np.sort(np.asarray(part, dtype=np.int64)) for part in parts]
    train, valid, test = (part[is_molecule[part]] for part in rows)
    split = Split(train, valid, test, np.flatnonzero(~is_molecule))
    split.check_trainable(advice)
    return split


def join_repeats(groups: Sequence[Sequence[int]], molecules: Molecules | None) -> list[list[int]]:
    """Join groups that show the same molecule, as two salts of it do, into one.

    Parameters
    ----------
    groups
        Lists of rows.
    molecules
        A number for each row of the table, the same for rows of the same molecule; None leaves
        the groups as they are.
    """
    if molecules is None:
        return [list(group) for group in groups]
    home: dict[int, int] = {}  # of a molecule: the first group that shows it
    joined_to = list(range(len(groups)))

    def root(group: int) -> int:
        while joined_to[group] != group:
            joined_to[group] = joined_to[joined_to[group]]
            group = joined_to[group]
        return group

    for i, group in enumerate(groups):
        for molecule in molecules[np.asarray(group, dtype=np.int64)].tolist():
            other, own = sorted((root(home.setdefault(molecule, i)), root(i)))
            joined_to[own] = other
    joined: dict[int, list[int]] = {}
    for i, group in enumerate(groups):
        joined.setdefault(root(i), []).extend(group)
    return list(joined.values())


def fill(groups: Sequence[Sequence[int]], fractions: Fractions) -> list[list[int]]:
    """Give each group whole to the first part that has room for it, and else to the last one.

    Parameters
    ----------
    groups
        Lists of rows, in the order in which they are given away.
    fractions
        Of the rows, for train, valid and test.
    """
    n_rows = sum(len(group) for group in groups)
    train_end = int(fractions[0] * n_rows + 1e-6)  # 0.7 + 0.2 falls short of 0.9
    valid_end = int((fractions[0] + fractions[1]) * n_rows + 1e-6)
    parts: list[list[Sequence[int]]] = [[], [], []]
    n_train = n_valid = 0
    for group in groups:
        if n_train + len(group) <= train_end:
            parts[0].append(group)
            n_train += len(group)
        elif n_train + n_valid + len(group) <= valid_end:
            parts[1].append(group)
            n_valid += len(group)
        else:
            parts[2].append(group)
    return _join(parts, fractions)


def share_out(groups: Sequence[Sequence[int]], fractions: Sequence[float]) -> list[list[int]]:
    """Give each group whole to the part that has the most room left.

    Parameters
    ----------
    groups
        Lists of rows, in the order in which they are given away.
    fractions
        Of the rows, one for each part.
    """
    n_rows = sum(map(len, groups))
    parts: list[list[Sequence[int]]] = [[] for _ in fractions]
    sizes = [0 for _ in fractions]
    for group in groups:
        room = [fraction * n_rows - size for fraction, size in zip(fractions, sizes, strict=True)]
        roomiest = room.index(max(room))
        parts[roomiest].append(group)
        sizes[roomiest] += len(group)
    return _join(parts, fractions)


def _join(parts: list[list[Sequence[int]]], fractions: Sequence[float]) -> list[list[int]]:
    """Return the rows of each part, none of which is left empty if that can be."""
    _leave_none_empty(parts, fractions)
    return [[row for group in part for row in group] for part in parts]


def _leave_none_empty(parts: list[list[Sequence[int]]], fractions: Sequence[float]) -> None:
    """Give a part that came out empty, as in a very small table, the last group of the largest."""
    for part, fraction in zip(parts, fractions, strict=True):
        largest = max(parts, key=len)
        if fraction > 0 and not part and len(largest) > 1:
            part.append(largest.pop())


def check_fractions(fractions: Sequence[float]) -> Fractions:
    """Return the three fractions; raise `ConfigError` unless they are parts of one whole."""
    got: tuple[Any, ...] = tuple(fractions)
    if len(got) != 3 or min(got) < 0 or abs(sum(got) - 1) > 1e-6:
        raise ConfigError(
            f"expected three fractions that add up to 1 but got {got}; fix: (0.8, 0.1, 0.1)"
        )
    return got
