"""What every backend reads from SMILES, before a preset turns it into codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64, Integer, UInt8

from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.store import MoleculeStore, offsets_of


@dataclass(frozen=True)
class RawGraphs:
    """Integer properties of the atoms and bonds of molecules, packed like a `MoleculeStore`.

    Parameters
    ----------
    atoms, bonds
        The values of each property that the preset names.
    bond_ends
        The two atoms of each bond, counted from the first atom of its molecule.
    n_atoms, n_bonds
        How many each molecule has.
    """

    atoms: Mapping[str, Integer[np.ndarray, " atoms"]]
    bonds: Mapping[str, Integer[np.ndarray, " bonds"]]
    bond_ends: Int32[np.ndarray, "bonds 2"]
    n_atoms: Int64[np.ndarray, " mols"]
    n_bonds: Int64[np.ndarray, " mols"]

    @property
    def mol_of_atom(self) -> Int64[np.ndarray, " atoms"]:
        """The molecule that each atom belongs to."""
        return np.repeat(np.arange(len(self.n_atoms)), self.n_atoms)

    def encode(self, preset: Preset) -> MoleculeStore:
        """Look every value up in the vocabulary of its column."""
        return MoleculeStore(
            _codes(preset.atoms, self.atoms, int(self.n_atoms.sum())),
            _codes(preset.bonds, self.bonds, len(self.bond_ends)),
            self.bond_ends,
            offsets_of(self.n_atoms),
            offsets_of(self.n_bonds),
        )


def _codes(
    columns: Sequence[Column], values: Mapping[str, Integer[np.ndarray, " n"]], n_rows: int
) -> UInt8[np.ndarray, "n columns"]:
    codes = np.empty((n_rows, len(columns)), dtype=np.uint8)
    for position, column in enumerate(columns):
        codes[:, position] = column.encode(values[column.name])
    return codes
