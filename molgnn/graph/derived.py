"""Atom properties that are computed from others, the same for every backend.

RDKit tells the hydrogens of ``[CH3]`` from those of ``C``, and its chiral tags refer to the order
in which neighbours are written. What is computed here is the same however a molecule is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, Integer
from rdkit.Chem import GetPeriodicTable

from molgnn.graph.chirality import canonical_chiral_tags, local_chiral_tags
from molgnn.graph.raw import RawGraphs


class Derived(NamedTuple):
    """A property that no backend reads.

    Parameters
    ----------
    atoms, bonds
        The properties that it is computed from, which a backend has to read.
    compute
        Returns its values, one per atom.
    """

    atoms: tuple[str, ...]
    bonds: tuple[str, ...]
    compute: Callable[[RawGraphs], Integer[np.ndarray, " atoms"]]


def implicit_hydrogens(raw: RawGraphs) -> Integer[np.ndarray, " atoms"]:
    """Count the hydrogens that stand outside brackets in the canonical SMILES of a molecule.

    Notes
    -----
    RDKit writes brackets around elements beyond the organic subset of SMILES, charges, radicals,
    specified stereocentres, heteroatoms of aromatic rings that bear hydrogen, atoms of another than
    their lowest valence, and neighbours of metals. Isotopes, too; but since no preset knows of
    isotopes, these hydrogens are counted as if there were none.
    """
    atoms, ends = raw.atoms, raw.packed_bond_ends
    element, hydrogens = np.clip(atoms["atomic_number"], 0, _N_ELEMENTS), atoms["hydrogens"]
    twice_valence = 2 * hydrogens + np.bincount(
        ends.ravel(), weights=np.repeat(raw.bonds["twice_order"], 2), minlength=len(element)
    )
    needs_brackets = (
        np.where(
            atoms["aromatic"] != 0,
            element != _CARBON,
            twice_valence != 2 * _LOWEST_VALENCE[element],
        )
        | (atoms["formal_charge"] != 0)
        | (atoms["radical_electrons"] != 0)
        | (atoms["chiral_tag"] != 0)
        | _has_neighbour(_IS_METAL[element], ends)
    )
    return np.where(needs_brackets, 0, hydrogens)


def _has_neighbour(
    wanted: Bool[np.ndarray, " atoms"], ends: Int64[np.ndarray, "bonds 2"]
) -> Bool[np.ndarray, " atoms"]:
    found = np.zeros_like(wanted)
    found[ends[wanted[ends[:, 1]], 0]] = True
    found[ends[wanted[ends[:, 0]], 1]] = True
    return found


def _numbers(symbols: str) -> list[int]:
    return [GetPeriodicTable().GetAtomicNumber(symbol) for symbol in symbols.split()]


_CARBON = 6
_N_ELEMENTS = 118

_IS_METAL = np.ones(_N_ELEMENTS + 1, dtype=bool)
_IS_METAL[[0, *_numbers("H He B C N O F Ne Si P S Cl Ar As Se Br Kr Te I Xe At Rn")]] = False

_LOWEST_VALENCE = np.full(_N_ELEMENTS + 1, -1)
"""Of the elements that SMILES writes without brackets; that of the others no atom has."""
for _number in _numbers("B C N O F P S Cl Br I"):
    _LOWEST_VALENCE[_number] = GetPeriodicTable().GetDefaultValence(_number)

DERIVED_ATOM_PROPERTIES = {
    "implicit_hydrogens": Derived(
        atoms=(
            "atomic_number", "hydrogens", "formal_charge", "radical_electrons", "aromatic",
            "chiral_tag",
        ),
        bonds=("twice_order",),
        compute=implicit_hydrogens,
    ),
    "local_chiral_tag": Derived(
        atoms=("atomic_number", "hydrogens", "formal_charge", "chiral_tag"),
        bonds=("twice_order",),
        compute=local_chiral_tags,
    ),
    # read by models that were trained before there were local tags
    "canonical_chiral_tag": Derived(("chiral_tag",), (), canonical_chiral_tags),
}  # fmt: skip
