"""Find duplicates: rows of a table that show the same molecule, salts of it included."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64, UInt64
from rdkit.Chem import MolFromSmiles, MolToSmiles

from molgnn.graph.store import MoleculeStore

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


def _graph_hashes(molecules: MoleculeStore) -> UInt64[np.ndarray, " mols"]:
    """Return a number that equal molecules share, and hardly any others.

    It is made of elements, kinds of bond and who is bound to whom, by colour refinement: of the
    codes only the first column is used, since others depend on how a SMILES was written.
    """
    chunks = [np.zeros(0, dtype=np.uint64)]
    for start in range(0, len(molecules), MOLS_PER_CHUNK):
        chunk = molecules.select(slice(start, start + MOLS_PER_CHUNK))
        first_atoms = np.repeat(chunk.atom_offsets[:-1], chunk.n_bonds)
        u, v = (chunk.bond_ends + first_atoms[:, None]).T
        bonds = _mix(chunk.bond_codes[:, 0].astype(np.uint64) + np.uint64(1))
        colours = _mix(chunk.atom_codes[:, 0].astype(np.uint64) + np.uint64(257))
        for _ in range(N_ROUNDS):
            heard = np.zeros_like(colours)
            np.add.at(heard, v, _mix(colours[u] + bonds))
            np.add.at(heard, u, _mix(colours[v] + bonds))
            colours = _mix(np.uint64(3) * colours + _mix(heard))
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(colours, dtype=np.uint64)])
        chunks.append(running[chunk.atom_offsets[1:]] - running[chunk.atom_offsets[:-1]])
    return np.concatenate(chunks)


def _mix(numbers: UInt64[np.ndarray, " n"]) -> UInt64[np.ndarray, " n"]:
    """Spread each number over all 64 bits (the finalizer of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = numbers ^ (numbers >> np.uint64(31))
    return mixed
