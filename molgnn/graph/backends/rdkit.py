"""RDKit from Python: slower than C++, found everywhere, and the authority on what a SMILES means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from jaxtyping import Int16
from rdkit import Chem
from rdkit.Chem import Atom, Bond

from molgnn.chem.parsing import parse
from molgnn.errors import InvalidSmiles, unknown_name
from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.raw import RawGraphs
from molgnn.graph.store import MoleculeStore

T = TypeVar("T")

_CIP_CODES = {"R": 1, "S": 2}


def _cip_code(atom: Atom) -> int:
    return _CIP_CODES.get(atom.GetProp("_CIPCode"), 0) if atom.HasProp("_CIPCode") else 0


ATOM_PROPERTIES: dict[str, Callable[[Atom], int]] = {
    "atomic_number": Atom.GetAtomicNum,
    "degree": Atom.GetDegree,
    "total_degree": Atom.GetTotalDegree,
    "hydrogens": Atom.GetTotalNumHs,
    "implicit_valence": lambda atom: atom.GetValence(Chem.ValenceType.IMPLICIT),
    "formal_charge": Atom.GetFormalCharge,
    "radical_electrons": Atom.GetNumRadicalElectrons,
    "hybridization": Atom.GetHybridization,
    "chiral_tag": Atom.GetChiralTag,
    "chirality_possible": lambda atom: atom.HasProp("_ChiralityPossible"),
    "cip_code": _cip_code,
    "aromatic": Atom.GetIsAromatic,
    "in_ring": Atom.IsInRing,
}

BOND_PROPERTIES: dict[str, Callable[[Bond], int]] = {
    "bond_type": Bond.GetBondType,
    "conjugated": Bond.GetIsConjugated,
    "in_ring": Bond.IsInRing,
    "stereo": Bond.GetStereo,
}


class RDKitBackend:
    """Parse every SMILES and ask RDKit for the preset's properties, atom by atom.

    Parameters
    ----------
    preset
        Its columns name what is read.

    Raises
    ------
    UnknownName
        If a column names a property that is not known here.
    """

    name = "rdkit"

    def __init__(self, preset: Preset) -> None:
        self._preset = preset
        self._atom_readers = _readers(preset.atoms, ATOM_PROPERTIES, "atom property")
        self._bond_readers = _readers(preset.bonds, BOND_PROPERTIES, "bond property")

    def __call__(self, smiles: Sequence[str]) -> tuple[MoleculeStore, dict[int, str]]:
        """Return the molecules of *smiles*, and for each of the others its position and reason."""
        mols: list[Chem.Mol] = []
        rejected: dict[int, str] = {}
        for position, text in enumerate(smiles):
            try:
                mols.append(parse(text))
            except InvalidSmiles as error:
                rejected[position] = str(error)
        return self._read(mols).encode(self._preset), rejected

    def _read(self, mols: Sequence[Chem.Mol]) -> RawGraphs:
        atoms = [atom for mol in mols for atom in mol.GetAtoms()]
        bonds = [bond for mol in mols for bond in mol.GetBonds()]
        ends = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in bonds]
        return RawGraphs(
            {name: _integers(map(read, atoms)) for name, read in self._atom_readers.items()},
            {name: _integers(map(read, bonds)) for name, read in self._bond_readers.items()},
            np.array(ends, dtype=np.int32).reshape(-1, 2),
            np.array([mol.GetNumAtoms() for mol in mols], dtype=np.int64),
            np.array([mol.GetNumBonds() for mol in mols], dtype=np.int64),
        )


def _readers(
    columns: Sequence[Column], known: dict[str, Callable[[T], int]], kind: str
) -> dict[str, Callable[[T], int]]:
    for column in columns:
        if column.name not in known:
            raise unknown_name(kind, column.name, known)
    return {column.name: known[column.name] for column in columns}


def _integers(values: Iterable[int]) -> Int16[np.ndarray, " n"]:
    return np.fromiter(values, dtype=np.int16)
