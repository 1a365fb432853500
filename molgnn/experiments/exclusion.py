"""Leave excluded molecules out of a table before training, and count the rows by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int, UInt64

from molgnn.chem.exclusion import Exclusion, drawn_and_parent_keys
from molgnn.chem.molecule_keys import molecule_keys
from molgnn.chem.records import Rejected, Stage
from molgnn.chem.splits import part_named
from molgnn.chem.tables import LabelledTable
from molgnn.errors import TableError
from molgnn.fitting.data import TrainingData
from molgnn.predictor.leakage import ExcludedFile

WHOLE_TABLE = "table"
"""Stands for the part of a row in a table that is not split yet."""


class TableKeys:
    """Keys of the molecules of a table, computed when first asked for, as InChI takes its time.

    Parameters
    ----------
    table
        What was drawn.
    data
        All rows of it that give a molecule.
    """

    def __init__(self, table: LabelledTable, data: TrainingData) -> None:
        self._table, self._data = table, data

    def of(self, rows: Int[np.ndarray, " mols"]) -> UInt64[np.ndarray, "mols forms"]:
        """Return the keys of rows: as drawn, of the parent, and as the model is shown it."""
        keys: UInt64[np.ndarray, "mols forms"] = self._by_row[rows]
        return keys

    def as_shown(self, rows: Int[np.ndarray, " mols"]) -> UInt64[np.ndarray, " mols"]:
        """Return the last of them, by which a bundle knows what it was trained on."""
        keys: UInt64[np.ndarray, " mols"] = self._by_row[rows, 2]
        return keys

    def count_shared(
        self, rows: Int[np.ndarray, " mols"], others: Int[np.ndarray, " others"]
    ) -> int:
        """Count the rows that share a key with one of *others*."""
        is_among = np.zeros(self._numbered.max(initial=0) + 1, dtype=bool)
        is_among[self._numbered[others]] = True
        return int(is_among[self._numbered[rows]].any(axis=1).sum())

    @cached_property
    def _numbered(self) -> Int[np.ndarray, "rows forms"]:
        """The keys, numbered from 0, which makes comparing many folds quick."""
        _, numbers = np.unique(self._by_row, return_inverse=True)
        return numbers.reshape(self._by_row.shape)

    @cached_property
    def _by_row(self) -> UInt64[np.ndarray, "rows forms"]:
        rows = self._data.rows
        by_row = np.zeros((len(self._table), 3), dtype=np.uint64)
        by_row[rows, :2] = drawn_and_parent_keys([self._table.smiles[row] for row in rows.tolist()])
        by_row[rows, 2] = molecule_keys(self._data.smiles)
        return by_row


def exclude_molecules(
    data: TrainingData, table: LabelledTable, exclusions: Sequence[Exclusion], keys: TableKeys
) -> tuple[TrainingData, tuple[ExcludedFile, ...]]:
    """Leave out the rows of excluded molecules; those of a test part that the table names stay.

    Returns
    -------
    TrainingData
        The rows left out are among ``rejected``, and ``notes`` counts them.
    tuple[ExcludedFile, ...]
        For the model's card.

    Raises
    ------
    TableError
        If nothing is left to train or to validate on.
    """
    if not exclusions:
        return data, ()
    parts = np.array(_parts(table, data), dtype=object)
    by_file = [exclusion.excludes(keys.of(data.rows)) for exclusion in exclusions]
    files = tuple(
        _count(exclusion, parts[is_excluded])
        for exclusion, is_excluded in zip(exclusions, by_file, strict=True)
    )
    is_left_out = np.any(by_file, axis=0) & (parts != "test")
    _check_rest(parts[~is_left_out], files)
    notes = (note for exclusion in exclusions for note in exclusion.notes)
    data = replace(data, notes=(*data.notes, *notes, *map(str, files)))
    if not is_left_out.any():
        return data, files
    kept = np.flatnonzero(~is_left_out)
    reasons = [f"excluded: its molecule is in {exclusion.path.name}" for exclusion in exclusions]
    left_out = [
        Rejected(row, table.smiles[row], Stage.EXCLUDE, _first(by_file, mol, reasons))
        for mol in np.flatnonzero(is_left_out).tolist()
        for row in [int(data.rows[mol])]
    ]
    return replace(
        data,
        molecules=data.molecules.select(kept),
        labels=data.labels[kept],
        rows=data.rows[kept],
        smiles=[data.smiles[mol] for mol in kept.tolist()],
        molecule_ids=data.molecule_ids[kept],
        rejected=[*data.rejected, *left_out],
    ), files


def smiles_to_split(data: TrainingData, table: LabelledTable) -> list[str]:
    """Return the table's SMILES, empty where the molecule was excluded: so it stands in no part."""
    excluded = {each.row for each in data.rejected if each.stage is Stage.EXCLUDE}
    return ["" if row in excluded else text for row, text in enumerate(table.smiles)]


def _parts(table: LabelledTable, data: TrainingData) -> list[str]:
    """Return the part that the table says each molecule to be in."""
    if not table.split_values:
        return [WHOLE_TABLE] * len(data.rows)
    return [part_named(table.split_values[row]) or "" for row in data.rows.tolist()]


def _count(exclusion: Exclusion, parts: np.ndarray) -> ExcludedFile:
    """Count the rows of a file's molecules, by part."""
    names, counts = np.unique(parts.astype(str), return_counts=True)
    left_out = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return ExcludedFile(
        file=exclusion.path.name,
        sha256=exclusion.sha256,
        molecules=exclusion.n_molecules,
        tested=left_out.pop("test", 0),
        left_out=left_out,
    )


def _check_rest(parts: np.ndarray, files: Sequence[ExcludedFile]) -> None:
    """Make sure that there is something to train and to validate on."""
    needed = (WHOLE_TABLE,) if WHOLE_TABLE in parts else ("train", "valid")
    if all(part in parts for part in needed):
        return
    sizes = ", ".join(f"{part} {np.sum(parts == part)}" for part in needed)
    raise TableError(
        f"expected molecules to train and to validate on but exclude=… leaves {sizes}: "
        f"{'; '.join(map(str, files))}; fix: exclude fewer molecules, or add others"
    )


def _first(by_file: Sequence[Bool[np.ndarray, " mols"]], mol: int, reasons: Sequence[str]) -> str:
    """Return the reason of the first file that a molecule is in."""
    return next(reason for own, reason in zip(by_file, reasons, strict=True) if own[mol])
