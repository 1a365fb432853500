"""Electrotopological state (E-state) of atoms, and the descriptors that are made of it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64
from rdkit import Chem
from rdkit.Chem.EState.EState import GetPrincipleQuantumNumber
from rdkit.Chem.EState.EState_VSA import estateBins, vsaBins
from rdkit.Chem.rdMolDescriptors import _CalcLabuteASAContribs

NAMES = (
    "MaxAbsEStateIndex", "MaxEStateIndex", "MinAbsEStateIndex", "MinEStateIndex",
    *(f"EState_VSA{i}" for i in range(1, len(estateBins) + 2)),
    *(f"VSA_EState{i}" for i in range(1, len(vsaBins) + 2)),
)  # fmt: skip

UNREACHABLE = 1e6
"""More bonds than lie between any two atoms of one fragment."""


def estate_descriptors(mol: Chem.Mol) -> Float64[np.ndarray, " descriptors"]:
    """Return the descriptors called `NAMES`, as RDKit's functions of these names do.

    RDKit loops over pairs of atoms in Python; here it is one product of matrices.

    References
    ----------
    L. H. Hall, B. Mohney, L. B. Kier, The electrotopological state: structure information at the
    atomic level for molecular graphs, J. Chem. Inf. Comput. Sci. 31, 76 (1991).
    """
    states = estate_indices(mol)
    areas = np.array(list(_CalcLabuteASAContribs(mol)[0]))
    by_state = np.digitize(states, estateBins)
    by_area = np.digitize(areas, vsaBins)
    sizes = np.abs(states)
    return np.concatenate(
        [
            [sizes.max(), states.max(), sizes.min(), states.min()],
            np.bincount(by_state, weights=areas, minlength=len(estateBins) + 1),
            np.bincount(by_area, weights=states, minlength=len(vsaBins) + 1),
        ]
    )


def estate_indices(mol: Chem.Mol) -> Float64[np.ndarray, " atoms"]:
    """Return the E-state index of each atom."""
    intrinsic = np.array([_intrinsic_state(atom) for atom in mol.GetAtoms()])
    distances = Chem.GetDistanceMatrix(mol) + 1
    weights = np.where(distances < UNREACHABLE, 1 / distances**2, 0.0)
    np.fill_diagonal(weights, 0.0)
    states: Float64[np.ndarray, " atoms"] = (
        intrinsic + intrinsic * weights.sum(axis=1) - weights @ intrinsic
    )
    return states


def _intrinsic_state(atom: Chem.Atom) -> float:
    degree = atom.GetDegree()
    if not degree:
        return 0.0
    number = atom.GetAtomicNum()
    valence = Chem.GetPeriodicTable().GetNOuterElecs(number) - atom.GetTotalNumHs()
    shell = GetPrincipleQuantumNumber(number)  # type: ignore[no-untyped-call]
    return float((4 / shell**2 * valence + 1) / degree)
