"""Topological indices that RDKit computes by loops in Python, by arrays instead."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64
from rdkit import Chem

ATOM_NAMES = ("Chi0", "Chi1", "NumValenceElectrons", "NumRadicalElectrons")


def atom_descriptors(mol: Chem.Mol) -> list[float]:
    """Return the descriptors called `ATOM_NAMES`, as RDKit's functions of these names do."""
    table = Chem.GetPeriodicTable()
    degrees, valence, radicals = [], 0, 0
    for atom in mol.GetAtoms():
        degrees.append(atom.GetDegree())
        valence += table.GetNOuterElecs(atom.GetAtomicNum()) - atom.GetFormalCharge()
        valence += atom.GetTotalNumHs()
        radicals += atom.GetNumRadicalElectrons()
    n_neighbours = np.array(degrees, dtype=np.float64)
    ends = n_neighbours[_bond_ends(mol)]
    chi0 = (n_neighbours[n_neighbours > 0] ** -0.5).sum()
    chi1 = ((ends[:, 0] * ends[:, 1]) ** -0.5).sum()
    return [chi0, chi1, valence, radicals]


def balaban_j(mol: Chem.Mol) -> list[float]:
    """Return Balaban's J, in which a bond's length is one by its order.

    References
    ----------
    A. T. Balaban, Highly discriminating distance-based topological index, Chem. Phys. Lett. 89, 399
    (1982).
    """
    ends = _bond_ends(mol)
    n_cycles = len(ends) - mol.GetNumAtoms() + 1
    if n_cycles == -1:
        return [0.0]
    lengths = Chem.GetDistanceMatrix(mol, useBO=True, useAtomWts=False, force=True).sum(axis=0)
    weights = (lengths[ends[:, 0]] * lengths[ends[:, 1]]) ** -0.5
    return [len(ends) / (n_cycles + 1) * weights.sum()]


def _bond_ends(mol: Chem.Mol) -> Int64[np.ndarray, "bonds 2"]:
    ends = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds()]
    return np.array(ends, dtype=np.int64).reshape(-1, 2)
