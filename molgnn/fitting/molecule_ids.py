"""Find duplicates: rows of a table that show the same molecule, salts of it included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64
from rdkit.Chem import MolFromSmiles, MolToSmiles

from molgnn.graph.store import MoleculeStore
from molgnn.graph.weisfeiler_leman import hash_molecules

MOLS_PER_CHUNK = 50_000
N_ROUNDS = 3


def assign_molecule_ids(
    molecules: MoleculeStore, smiles: Sequence[str]
) -> Int64[np.ndarray, " mols"]:
    """Return a number for each molecule: that of the first row which shows the same one.

    Molecules are the same if RDKit writes the same SMILES for them. It is asked only for those
    that have their atoms and bonds in common with another, which is quickly seen.

    Parameters
    ----------
    molecules, smiles
        Codes and SMILES of the same rows.
    """
    molecule_ids = np.arange(len(smiles))
    _, group, sizes = np.unique(_graph_hashes(molecules), return_inverse=True, return_counts=True)
    first: dict[str, int] = {}
    for mol in np.flatnonzero(sizes[group] > 1).tolist():
        canonical = MolToSmiles(MolFromSmiles(smiles[mol]))
        molecule_ids[mol] = first.setdefault(canonical, mol)
    return molecule_ids


def _graph_hashes(molecules: MoleculeStore) -> Int64[np.ndarray, " mols"]:
    """Return a number that equal molecules share, and hardly any others."""
    hashes = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(molecules), MOLS_PER_CHUNK):
        batch = molecules.batch(slice(start, start + MOLS_PER_CHUNK))
        hashes.append(hash_molecules(batch, n_rounds=N_ROUNDS).numpy())
    return np.concatenate(hashes)
