"""RDKit from C++ through cuik-molmaker: all that it tells, at the cost of parsing alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Int16, Int32, Int64, Integer
from rdkit.Chem import BondType
from rdkit.rdBase import BlockLogs

from molgnn.chem.parsing import MAX_LENGTH
from molgnn.errors import ConfigError, MissingDependency
from molgnn.graph.backends.rdkit import RDKitBackend
from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.presets.vocabularies import BOND_TYPES, STEREO
from molgnn.graph.raw import RawGraphs
from molgnn.graph.store import Featurized, MoleculeStore, offsets_of

# The library holds all molecules of a call before it reads the first one: this many stay within the
# processor's cache, and a call that fails costs little to repeat.
MOLS_PER_CALL = 32

# What the library is asked for. It offers more, but crashes the process on atoms' "in-ring" where a
# SMILES gives no molecule, and on the bond lengths of some that do.
_ATOM_FLOATS = {
    "atomic_number": "atomic-number",
    "total_degree": "degree",
    "implicit_valence": "implicit-valence",
    "formal_charge": "formal-charge",
    "radical_electrons": "radical-electron",
    "hybridization": "hybridization",
    "aromatic": "aromatic",
}
_ATOM_SCALES = (5, 1, 1, 1, 1, 1, 1)  # an atomic number comes as fifths
_BOND_FEATURES = ("conjugated", "in-ring", "bond-type-float", "bond-type-onehot", "stereo")

# The properties it tells, some of them for these values alone: every other value reads as one.
_ATOM_VALUES: dict[str, Set[int] | None] = {
    **dict.fromkeys([*_ATOM_FLOATS, "degree", "hydrogens", "in_ring"]),
    "chiral_tag": set(range(4)),
}
_BOND_VALUES: dict[str, Set[int] | None] = {
    "conjugated": None,
    "in_ring": None,
    "bond_type": set(BOND_TYPES),
    "stereo": set(STEREO),
}

# The library would read "CCO name" as CCO, and a '~' as a bond.
_plain = re.compile(rf"[!-}}]{{1,{MAX_LENGTH}}}").fullmatch


class CppBackend:
    """Read SMILES by the call; what is not plainly a molecule is left to `RDKitBackend`.

    Parameters
    ----------
    preset
        Its columns name what is read.

    Raises
    ------
    ConfigError
        If the library does not tell every code of the preset exactly.
    MissingDependency
        If cuik-molmaker is missing, or was not made for the installed RDKit.
    """

    name: Final = "cpp"

    def __init__(self, preset: Preset) -> None:
        _check(preset.atoms, _ATOM_VALUES)
        _check(preset.bonds, _BOND_VALUES)
        try:
            import cuik_molmaker as library
        except ImportError as error:
            raise MissingDependency(
                f"expected cuik-molmaker but got: {error}; fix: pip install 'molgnn[fast]'"
            ) from error
        self._preset = preset
        self._authority = RDKitBackend(preset)
        self._featurize = library.batch_mol_featurizer
        self._features = (
            library.atom_onehot_feature_names_to_array(["chirality"]),
            library.atom_float_feature_names_to_array(list(_ATOM_FLOATS.values())),
            library.bond_feature_names_to_array(list(_BOND_FEATURES)),
        )

    def __call__(self, smiles: Sequence[str]) -> Featurized:
        """Return the molecules of *smiles*, and for each of the others its position and reason."""
        plain = np.array([i for i, text in enumerate(smiles) if _plain(text)], dtype=np.int64)
        raw = self._read([smiles[i] for i in plain.tolist()])
        is_made = raw.n_atoms > 0
        is_made[raw.mol_of_atom[raw.atoms["atomic_number"] == 0]] = False
        molecules = raw.encode(self._preset)
        left = np.delete(np.arange(len(smiles)), plain[is_made])
        if not len(left):
            return Featurized(molecules, {})
        others = self._authority([smiles[i] for i in left.tolist()])
        candidates = MoleculeStore.concatenate([molecules, others.molecules])
        rows = np.concatenate([np.flatnonzero(is_made), np.arange(len(plain), len(candidates))])
        positions = np.concatenate([plain[is_made], np.delete(left, list(others.rejected))])
        return Featurized(
            candidates.select(rows[np.argsort(positions)]),
            {int(left[i]): reason for i, reason in others.rejected.items()},
        )

    def _read(self, smiles: Sequence[str]) -> RawGraphs:
        with BlockLogs():
            answers = [
                answer
                for start in range(0, max(len(smiles), 1), MOLS_PER_CALL)
                for answer in self._ask(smiles[start : start + MOLS_PER_CALL])
            ]
        return _interpret(_Answer(*map(np.concatenate, zip(*answers, strict=True))))

    def _ask(self, smiles: Sequence[str]) -> list[_Answer]:
        """Ask for all at once or, where one of them makes the call fail, for each alone."""
        try:
            return [self._call(smiles)]
        except RuntimeError:
            if len(smiles) == 1:
                return [self._call([""])]
            return [answer for text in smiles for answer in self._ask([text])]

    def _call(self, smiles: Sequence[str]) -> _Answer:
        add_hydrogens, offset_carbon, duplicate_edges, add_self_loops = False, False, True, False
        atoms, bonds, edges, _, mol_of_atom = self._featurize(
            smiles, *self._features, add_hydrogens, offset_carbon, duplicate_edges, add_self_loops
        )
        ends = edges[:, ::2].T
        n_atoms = np.bincount(mol_of_atom, minlength=len(smiles))
        mol_of_bond = mol_of_atom[ends[:, 0]]
        return _Answer(
            atoms,
            bonds[::2],
            (ends - offsets_of(n_atoms)[mol_of_bond, None]).astype(np.int32),
            n_atoms,
            np.bincount(mol_of_bond, minlength=len(smiles)),
        )


class _Answer(NamedTuple):
    """What the library gave, once per bond instead of per edge, ends counted within molecules."""

    atoms: Float32[np.ndarray, "atoms features"]
    bonds: Float32[np.ndarray, "bonds features"]
    bond_ends: Int32[np.ndarray, "bonds 2"]
    n_atoms: Int64[np.ndarray, " mols"]
    n_bonds: Int64[np.ndarray, " mols"]


def _interpret(answer: _Answer) -> RawGraphs:
    first_atoms = np.repeat(offsets_of(answer.n_atoms)[:-1], answer.n_bonds)
    ends = answer.bond_ends + first_atoms[:, None]
    bonds = _bond_values(answer.bonds)
    atoms = _atom_values(answer.atoms, ends, bonds["in_ring"] != 0)
    return RawGraphs(atoms, bonds, answer.bond_ends, answer.n_atoms, answer.n_bonds)


def _atom_values(
    features: Float32[np.ndarray, "atoms features"],
    ends: Int64[np.ndarray, "bonds 2"],
    is_ring_bond: Bool[np.ndarray, " bonds"],
) -> dict[str, Integer[np.ndarray, " atoms"]]:
    chirality, floats = features[:, :5], features[:, 5:]
    values = dict(zip(_ATOM_FLOATS, _integers(floats * _ATOM_SCALES).T, strict=True))
    degree = np.bincount(ends.ravel(), minlength=len(features))
    return {
        **values,
        "degree": degree,
        "hydrogens": values["total_degree"] - degree,
        "in_ring": np.bincount(ends[is_ring_bond].ravel(), minlength=len(features)) > 0,
        "chiral_tag": _integers(chirality @ np.arange(5)),
    }


def _bond_values(
    features: Float32[np.ndarray, "bonds features"],
) -> dict[str, Integer[np.ndarray, " bonds"]]:
    conjugated, in_ring, order = features[:, :3].T
    # One place of the one-hot is for aromatic and for all that is rare, dative bonds among them.
    bond_type = np.where(order == 1.5, BondType.AROMATIC, features[:, 3:6] @ BOND_TYPES[:3])
    return {
        "conjugated": _integers(conjugated),
        "in_ring": _integers(in_ring),
        "bond_type": _integers(bond_type),
        "stereo": _integers(features[:, 7:] @ np.arange(7)),
    }


def _integers(values: Float[np.ndarray, "*axes"]) -> Int16[np.ndarray, "*axes"]:
    rounded: Int16[np.ndarray, "*axes"] = np.rint(values).astype(np.int16)
    return rounded


def _check(columns: Sequence[Column], told: Mapping[str, Set[int] | None]) -> None:
    for column in columns:
        values = told.get(column.name, frozenset())
        if values is None or (column.kind == "one-hot" and values >= set(column.vocabulary)):
            continue
        raise ConfigError(
            f"expected columns that cuik-molmaker tells exactly but got {column.name!r}; "
            'fix: use backend="rdkit"'
        )
