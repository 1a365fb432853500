"""Read a library for pretraining: each molecule once, cleaned up and featurized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float16

from molgnn.chem.reading import open_library
from molgnn.chem.standardize import Standardizer
from molgnn.errors import TableError
from molgnn.fitting.cache import featurize_once
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore

if TYPE_CHECKING:
    import pandas as pd

MIN_MOLECULES = 20


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
    notes
        What became of the rows on the way here.
    """

    molecules: MoleculeStore
    smiles: list[str]
    name: str
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
    smiles_column: str | None,
    standardizer: Standardizer,
    featurizer: Featurizer,
) -> PretrainingLibrary:
    """Read, clean up and featurize a library, and keep the first row of each molecule.

    Raises
    ------
    TableError
        If it holds fewer than twenty molecules.
    """
    with open_library(source, smiles_column, columns=()) as library:
        texts = [row.smiles for row in library]
        notes = list(library.notes)
    name = "library" if not isinstance(source, str | Path) else Path(source).name.partition(".")[0]
    table = featurize_once(texts, standardizer, featurizer)
    first = np.flatnonzero(table.molecule_ids == np.arange(len(table.rows)))
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
    if n_repeated := len(table.rows) - len(first):
        notes.append(f"{n_repeated:,} rows show a molecule again and are left out")
    notes.append(f"{len(first):,} molecules to pretrain on")
    smiles = [table.smiles[mol] for mol in first]
    return PretrainingLibrary(table.molecules.select(first), smiles, name, tuple(notes))
