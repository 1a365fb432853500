"""Electrotopological state (E-state) of atoms, and the descriptors that are made of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int64
from rdkit import Chem
from rdkit.Chem.EState.EState_VSA import estateBins, vsaBins
from rdkit.Chem.rdMolDescriptors import _CalcLabuteASAContribs

ESTATE_NAMES = (
    "MaxAbsEStateIndex", "MaxEStateIndex", "MinAbsEStateIndex", "MinEStateIndex",
    *(f"EState_VSA{i}" for i in range(1, len(estateBins) + 2)),
    *(f"VSA_EState{i}" for i in range(1, len(vsaBins) + 2)),
)  # fmt: skip

UNREACHABLE = 1e6
"""More bonds than lie between any two atoms of one fragment."""
NOBLE_GASES = (2, 10, 18, 36, 54, 86)
"""The last element of each period."""


def estate_descriptors(
    mol: Chem.Mol,
    numbers: Sequence[int],
    electrons: Int64[np.ndarray, " atoms"],
    degrees: Int64[np.ndarray, " atoms"],
) -> Float64[np.ndarray, " descriptors"]:
    """Return the descriptors called `ESTATE_NAMES`, as RDKit's functions of these names do.

    RDKit loops over pairs of atoms in Python; here it is one product of matrices.

    Parameters
    ----------
    mol
        The molecule.
    numbers, degrees
        The atomic number and the degree of each atom.
    electrons
        How many electrons of each atom's outer shell are not in bonds to hydrogen.

    References
    ----------
    L. H. Hall, B. Mohney, L. B. Kier, The electrotopological state: structure information at the
    atomic level for molecular graphs, J. Chem. Inf. Comput. Sci. 31, 76 (1991).
    """
    periods = np.searchsorted(NOBLE_GASES, numbers) + 1
    intrinsic = np.where(degrees > 0, (4 / periods**2 * electrons + 1) / np.maximum(degrees, 1), 0)
    distances = Chem.GetDistanceMatrix(mol) + 1
    weights = np.where(distances < UNREACHABLE, 1 / distances**2, 0.0)
    np.fill_diagonal(weights, 0.0)
    states = intrinsic + intrinsic * weights.sum(axis=1) - weights @ intrinsic
    areas = np.array(list(_CalcLabuteASAContribs(mol)[0]))
    by_state, by_area = np.digitize(states, estateBins), np.digitize(areas, vsaBins)
    sizes = np.abs(states)
    return np.concatenate(
        [
            [sizes.max(), states.max(), sizes.min(), states.min()],
            np.bincount(by_state, weights=areas, minlength=len(estateBins) + 1),
            np.bincount(by_area, weights=states, minlength=len(vsaBins) + 1),
        ]
    )
