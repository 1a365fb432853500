"""RDKit from Python: slower than C++, always there, and the last word on what a SMILES means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeVar

import numpy as np
from jaxtyping import Int32
from rdkit.Chem import Atom, Bond

from molgnn.chem.parsing import parse
from molgnn.errors import InvalidSmiles, unknown_name
from molgnn.graph.derived import DERIVED_ATOM_PROPERTIES
from molgnn.graph.encoding import encode
from molgnn.graph.presets.column import Preset
from molgnn.graph.raw import RawGraphs
from molgnn.graph.store import Featurized

T = TypeVar("T")

_CIP_CODES = {"R": 1, "S": 2}


def _cip_code(atom: Atom) -> int:
    return _CIP_CODES.get(atom.GetProp("_CIPCode"), 0) if atom.HasProp("_CIPCode") else 0


ATOM_PROPERTIES: dict[str, Callable[[Atom], int]] = {
    "atomic_number": Atom.GetAtomicNum,
    "degree": Atom.GetDegree,
    "total_degree": Atom.GetTotalDegree,
    "hydrogens": Atom.GetTotalNumHs,
    "implicit_valence": Atom.GetNumImplicitHs,
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
    "twice_order": lambda bond: int(2 * bond.GetBondTypeAsDouble()),
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

    name: Final = "rdkit"

    def __init__(self, preset: Preset) -> None:
        self._preset = preset
        atoms = [column.name for column in preset.atoms]
        derived = [each for name, each in DERIVED_ATOM_PROPERTIES.items() if name in atoms]
        atoms = [name for name in atoms if name not in DERIVED_ATOM_PROPERTIES]
        atoms += [name for each in derived for name in each.atoms]
        bonds = [column.name for column in preset.bonds]
        bonds += [name for each in derived for name in each.bonds]
        self._atom_readers = _readers(atoms, ATOM_PROPERTIES, "atom property")
        self._bond_readers = {
            "begin": Bond.GetBeginAtomIdx,
            "end": Bond.GetEndAtomIdx,
            **_readers(bonds, BOND_PROPERTIES, "bond property"),
        }

    def __call__(self, smiles: Sequence[str]) -> Featurized:
        """Return the molecules of *smiles*, and for each of the others its position and reason."""
        read, atoms, bonds, rejected = [], [], [], {}
        # Each molecule is read before the next is parsed: tens of thousands of live atoms would
        # keep Python's garbage collector busy for longer than RDKit takes to parse them.
        for position, text in enumerate(smiles):
            try:
                mol = parse(text)
            except InvalidSmiles as error:
                rejected[position] = str(error)
                continue
            read.append(text)
            atoms.append(_table(mol.GetAtoms(), self._atom_readers.values()))
            bonds.append(_table(mol.GetBonds(), self._bond_readers.values()))
        raw_bonds = _columns(bonds, self._bond_readers)
        raw = RawGraphs(
            read,
            _columns(atoms, self._atom_readers),
            raw_bonds,
            np.stack([raw_bonds["begin"], raw_bonds["end"]], axis=1),
            np.array([table.shape[1] for table in atoms], dtype=np.int64),
            np.array([table.shape[1] for table in bonds], dtype=np.int64),
        )
        return Featurized(encode(raw, self._preset), rejected)


def _readers(
    names: Iterable[str], known: dict[str, Callable[[T], int]], kind: str
) -> dict[str, Callable[[T], int]]:
    readers = {}
    for name in names:
        if name not in known:
            raise unknown_name(kind, name, [*known, *DERIVED_ATOM_PROPERTIES])
        readers[name] = known[name]
    return readers


def _table(
    things: Iterable[T], readers: Collection[Callable[[T], int]]
) -> Int32[np.ndarray, "properties things"]:
    things = list(things)
    values = [list(map(read, things)) for read in readers]
    return np.array(values, dtype=np.int32).reshape(len(readers), len(things))


def _columns(
    tables: Sequence[Int32[np.ndarray, "properties _"]], names: Collection[str]
) -> dict[str, Int32[np.ndarray, " things"]]:
    none = np.empty((len(names), 0), dtype=np.int32)
    return dict(zip(names, np.concatenate([none, *tables], axis=1), strict=True))
