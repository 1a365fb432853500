"""RDKit from C++ through cuik-molmaker: all that it tells, at the cost of parsing alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Final, NamedTuple

import numpy as np
from jaxtyping import Float32, Int16, Int32, Int64
from rdkit.rdBase import BlockLogs

from molgnn.chem.parsing import MAX_LENGTH
from molgnn.distribution import install_extra
from molgnn.errors import ConfigError, MissingDependency
from molgnn.graph.backends.extension import load_extension
from molgnn.graph.backends.rdkit import RDKitBackend
from molgnn.graph.derived import DERIVED_ATOM_PROPERTIES
from molgnn.graph.encoding import encode
from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.presets.vocabularies import AROMATIC, BOND_TYPES, STEREO
from molgnn.graph.raw import RawGraphs
from molgnn.graph.store import Featurized, MoleculeStore, offsets_of, pack_bond_ends

# The library holds all molecules of a call before it reads the first one: this many stay within the
# processor's cache, and a call that fails costs little to repeat.
MOLS_PER_CALL = 32

# What the library calls each property, and the weights that turn its numbers into it: one per place
# of a one-hot, or 5 for an atomic number, which comes in fifths. It offers more, but crashes the
# process on atoms' "in-ring" where a SMILES gives no molecule, and on some of its bond lengths.
_Features = Mapping[str, tuple[str, tuple[int, ...]]]
_CHIRAL_TAG: _Features = {"chiral_tag": ("chirality", (0, 1, 2, 3, 4))}
_ATOM_FLOATS: _Features = {
    "atomic_number": ("atomic-number", (5,)),
    "total_degree": ("degree", (1,)),
    "implicit_valence": ("implicit-valence", (1,)),
    "formal_charge": ("formal-charge", (1,)),
    "radical_electrons": ("radical-electron", (1,)),
    "hybridization": ("hybridization", (1,)),
    "aromatic": ("aromatic", (1,)),
}
_BOND_FEATURES: _Features = {
    "bond_type": ("bond-type-onehot", (*BOND_TYPES[:3], 0)),
    "twice_order": ("bond-type-float", (2,)),
    "conjugated": ("conjugated", (1,)),
    "in_ring": ("in-ring", (1,)),
    "stereo": ("stereo", (*STEREO, len(STEREO))),
}

# The properties that it tells; of some it tells only these values apart from all others.
_ATOM_VALUES: dict[str, Set[int] | None] = {
    **dict.fromkeys([*_ATOM_FLOATS, *DERIVED_ATOM_PROPERTIES, "degree", "hydrogens", "in_ring"]),
    "chiral_tag": {0, 1, 2, 3},
    "local_chiral_tag": {0, 1, 2, 3},
    "canonical_chiral_tag": {0, 1, 2, 3},
}
_BOND_VALUES: dict[str, Set[int] | None] = {
    "bond_type": set(BOND_TYPES),
    "conjugated": None,
    "in_ring": None,
    "stereo": set(STEREO),
}

# All of ASCII but blanks and '~': the library would read "CCO name" as CCO, and '~' as a bond.
_is_plain = re.compile(rf"[!-}}]{{1,{MAX_LENGTH}}}").fullmatch


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
            library = load_extension()
        except ImportError as error:
            raise MissingDependency(
                f"expected cuik-molmaker but got: {error}; fix: {install_extra('fast')}"
            ) from error
        self._preset = preset
        self._authority = RDKitBackend(preset)
        self._featurize = library.batch_mol_featurizer
        self._features = (
            library.atom_onehot_feature_names_to_array(_names(_CHIRAL_TAG)),
            library.atom_float_feature_names_to_array(_names(_ATOM_FLOATS)),
            library.bond_feature_names_to_array(_names(_BOND_FEATURES)),
        )

    def __call__(self, smiles: Sequence[str]) -> Featurized:
        """Return the molecules of *smiles*, and for each of the others its position and reason."""
        plain = np.array([i for i, text in enumerate(smiles) if _is_plain(text)], dtype=np.int64)
        raw = self._read([smiles[i] for i in plain.tolist()])
        is_made = raw.n_atoms > 0
        is_made[raw.mol_of_atom[raw.atoms["atomic_number"] == 0]] = False
        molecules = encode(raw, self._preset)
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
        return _interpret(smiles, _Answer(*map(np.concatenate, zip(*answers, strict=True))))

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
            _weigh(atoms, _ATOM_WEIGHTS),
            _weigh(bonds[::2], _BOND_WEIGHTS),
            (ends - offsets_of(n_atoms)[mol_of_bond, None]).astype(np.int32),
            n_atoms,
            np.bincount(mol_of_bond, minlength=len(smiles)),
        )


class _Answer(NamedTuple):
    """What the library told, once per bond instead of per edge, ends counted within molecules."""

    atoms: Int16[np.ndarray, "atoms properties"]
    bonds: Int16[np.ndarray, "bonds properties"]
    bond_ends: Int32[np.ndarray, "bonds 2"]
    n_atoms: Int64[np.ndarray, " mols"]
    n_bonds: Int64[np.ndarray, " mols"]


def _interpret(smiles: Sequence[str], answer: _Answer) -> RawGraphs:
    """Work out what the library does not tell from what it does."""
    atoms = dict(zip([*_CHIRAL_TAG, *_ATOM_FLOATS], answer.atoms.T, strict=True))
    bonds = dict(zip(_BOND_FEATURES, answer.bonds.T, strict=True))
    # Aromatic bonds share their place in the one-hot with all rare ones, dative bonds among them.
    bonds["bond_type"] = np.where(bonds["twice_order"] == 3, AROMATIC, bonds["bond_type"])
    ends = pack_bond_ends(answer.bond_ends, answer.n_atoms, answer.n_bonds)
    degree = np.bincount(ends.ravel(), minlength=len(answer.atoms))
    ring_degree = np.bincount(ends[bonds["in_ring"] == 1].ravel(), minlength=len(answer.atoms))
    inferred = {
        "degree": degree,
        "hydrogens": atoms["total_degree"] - degree,
        "in_ring": np.minimum(ring_degree, 1),
    }
    return RawGraphs(
        smiles, atoms | inferred, bonds, answer.bond_ends, answer.n_atoms, answer.n_bonds
    )


def _names(features: _Features) -> list[str]:
    return [name for name, _ in features.values()]


def _weights(features: _Features) -> Float32[np.ndarray, "places properties"]:
    """Arrange the weights so that one product with the library's numbers gives every property."""
    columns = [weights for _, weights in features.values()]
    table = np.zeros((sum(map(len, columns)), len(columns)), dtype=np.float32)
    row = 0
    for column, weights in enumerate(columns):
        table[row : row + len(weights), column] = weights
        row += len(weights)
    return table


_ATOM_WEIGHTS = _weights({**_CHIRAL_TAG, **_ATOM_FLOATS})
_BOND_WEIGHTS = _weights(_BOND_FEATURES)


def _weigh(
    numbers: Float32[np.ndarray, "n places"], weights: Float32[np.ndarray, "places properties"]
) -> Int16[np.ndarray, "n properties"]:
    values: Int16[np.ndarray, "n properties"] = np.rint(numbers @ weights).astype(np.int16)
    return values


def _check(columns: Sequence[Column], told: Mapping[str, Set[int] | None]) -> None:
    for column in columns:
        values = told.get(column.name, frozenset())
        if values is None or (column.kind == "one-hot" and values >= set(column.vocabulary)):
            continue
        raise ConfigError(
            f"expected columns that cuik-molmaker tells exactly but got {column.name!r}; "
            'fix: use backend="rdkit"'
        )
