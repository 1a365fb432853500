"""From the properties of atoms and bonds to the codes of a preset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Integer, UInt8

from molgnn.graph.derived import DERIVED_ATOM_PROPERTIES
from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.raw import RawGraphs
from molgnn.graph.store import MoleculeStore, offsets_of


def encode(raw: RawGraphs, preset: Preset) -> MoleculeStore:
    """Look every value up in the vocabulary of its column, derived ones included."""
    derived = {
        column.name: DERIVED_ATOM_PROPERTIES[column.name].compute(raw)
        for column in preset.atoms
        if column.name in DERIVED_ATOM_PROPERTIES
    }
    return MoleculeStore(
        _codes(preset.atoms, {**raw.atoms, **derived}, int(raw.n_atoms.sum())),
        _codes(preset.bonds, raw.bonds, len(raw.bond_ends)),
        raw.bond_ends,
        offsets_of(raw.n_atoms),
        offsets_of(raw.n_bonds),
    )


def _codes(
    columns: Sequence[Column], values: Mapping[str, Integer[np.ndarray, " n"]], n_rows: int
) -> UInt8[np.ndarray, "n columns"]:
    codes = np.empty((n_rows, len(columns)), dtype=np.uint8)
    for position, column in enumerate(columns):
        codes[:, position] = column.encode(values[column.name])
    return codes
