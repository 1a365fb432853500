"""Read a library for pretraining: each molecule once, cleaned up and featurized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from jaxtyping import Float16, Int64

from molgnn.chem.exclusion import Exclusion, drawn_and_parent_keys, read_exclusions
from molgnn.chem.reading import open_library
from molgnn.chem.standardize import Standardizer
from molgnn.errors import TableError
from molgnn.fitting.cache import featurize_once
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore
from molgnn.predictor.leakage import ExcludedFile

if TYPE_CHECKING:
    import pandas as pd

MIN_MOLECULES = 20


class ReadsLibrary(Protocol):
    """The settings that say how a library is read."""

    @property
    def smiles_column(self) -> str | None:
        """The column of the SMILES, where it is named."""

    @property
    def exclude(self) -> tuple[str, ...]:
        """Files of molecules that are left out."""


@dataclass(frozen=True)
class PretrainingLibrary:
    """Molecules without labels.

    Parameters
    ----------
    molecules
        Packed codes.
    smiles
        Each molecule's SMILES after the standardizer.
    name
        What to call it.
    excluded
        The files of molecules that were left out.
    notes
        What became of the rows on the way here.
    """

    molecules: MoleculeStore
    smiles: list[str]
    name: str
    excluded: tuple[ExcludedFile, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class PretrainingExamples:
    """What batches are cut from: molecules, and what is to be predicted of each.

    Parameters
    ----------
    molecules
        Packed codes.
    labels
        Targets; no column where the objective makes its own.
    """

    molecules: MoleculeStore
    labels: Float16[np.ndarray, "mols targets"]


def read_library(
    source: str | Path | Sequence[str | Path] | pd.DataFrame,
    config: ReadsLibrary,
    standardizer: Standardizer,
    featurizer: Featurizer,
) -> PretrainingLibrary:
    """Read, clean up and featurize a library, and keep the first row of each molecule.

    Molecules of the files of ``config.exclude`` are left out, in whatever form they are drawn.

    Raises
    ------
    TableError
        If it holds fewer than twenty molecules.
    """
    exclusions = read_exclusions(config.exclude, config.smiles_column)
    with open_library(source, config.smiles_column, columns=()) as library:
        texts = [row.smiles for row in library]
        notes = list(library.notes)
    name = "library" if not isinstance(source, str | Path) else Path(source).name.partition(".")[0]
    table = featurize_once(texts, standardizer, featurizer)
    first = np.flatnonzero(table.molecule_ids == np.arange(len(table.rows)))
    n_repeated = len(table.rows) - len(first)
    first, excluded = _without_excluded(
        first, [texts[row] for row in table.rows[first]], exclusions
    )
    if len(first) < MIN_MOLECULES:
        why = f", the first row because: {table.rejected[0].reason}" if table.rejected else ""
        raise TableError(
            f"expected {MIN_MOLECULES} molecules or more to pretrain on but got {len(first)}, of "
            f"{len(texts)} rows{why}; fix: name the SMILES column"
        )
    if table.rejected:
        lost = table.rejected[0]
        notes.append(
            f"{len(table.rejected):,} of {len(texts):,} rows give no molecule and are left out, "
            f"the first of them row {lost.row + 1}: {lost.reason}"
        )
    if n_repeated:
        notes.append(f"{n_repeated:,} rows show a molecule again and are left out")
    notes += [*(note for each in exclusions for note in each.notes), *map(str, excluded)]
    notes.append(f"{len(first):,} molecules to pretrain on")
    smiles = [table.smiles[mol] for mol in first]
    return PretrainingLibrary(table.molecules.select(first), smiles, name, excluded, tuple(notes))


def _without_excluded(
    mols: Int64[np.ndarray, " mols"], smiles: Sequence[str], exclusions: Sequence[Exclusion]
) -> tuple[Int64[np.ndarray, " left"], tuple[ExcludedFile, ...]]:
    """Return the molecules that no file excludes, and what each file left out."""
    if not exclusions:
        return mols, ()
    keys = drawn_and_parent_keys(smiles)
    by_file = [exclusion.excludes(keys) for exclusion in exclusions]
    files = tuple(
        ExcludedFile(
            file=exclusion.path.name,
            sha256=exclusion.sha256,
            molecules=exclusion.n_molecules,
            left_out={"library": int(is_excluded.sum())},
        )
        for exclusion, is_excluded in zip(exclusions, by_file, strict=True)
    )
    return mols[~np.any(by_file, axis=0)], files
