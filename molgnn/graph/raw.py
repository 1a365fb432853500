"""What every backend reads from SMILES, before a preset turns it into codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64, Integer

from molgnn.graph.store import offsets_of, pack_bond_ends, rows_of


@dataclass(frozen=True)
class RawGraphs:
    """Integer properties of the atoms and bonds of molecules, packed like a `MoleculeStore`.

    Parameters
    ----------
    smiles
        The text that each molecule was read from.
    atoms, bonds
        The values of each property that the preset names, or that one is derived from.
    bond_ends
        The two atoms of each bond, counted from the first atom of its molecule.
    n_atoms, n_bonds
        How many each molecule has.
    """

    smiles: Sequence[str]
    atoms: Mapping[str, Integer[np.ndarray, " atoms"]]
    bonds: Mapping[str, Integer[np.ndarray, " bonds"]]
    bond_ends: Int32[np.ndarray, "bonds 2"]
    n_atoms: Int64[np.ndarray, " mols"]
    n_bonds: Int64[np.ndarray, " mols"]

    @property
    def mol_of_atom(self) -> Int64[np.ndarray, " atoms"]:
        """The molecule that each atom belongs to."""
        return np.repeat(np.arange(len(self.n_atoms)), self.n_atoms)

    @property
    def packed_bond_ends(self) -> Int64[np.ndarray, "bonds 2"]:
        """The two atoms of each bond, counted from the first atom of all."""
        return pack_bond_ends(self.bond_ends, self.n_atoms, self.n_bonds)

    def select(self, mols: Int64[np.ndarray, " picked"]) -> RawGraphs:
        """Return the molecules of these numbers, in their order."""
        atoms, _ = rows_of(mols, offsets_of(self.n_atoms))
        bonds, _ = rows_of(mols, offsets_of(self.n_bonds))
        return RawGraphs(
            [self.smiles[mol] for mol in mols.tolist()],
            {name: values[atoms] for name, values in self.atoms.items()},
            {name: values[bonds] for name, values in self.bonds.items()},
            self.bond_ends[bonds],
            self.n_atoms[mols],
            self.n_bonds[mols],
        )
