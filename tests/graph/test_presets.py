"""What presets promise: the features of the toolkits they are named after, from one table."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pytest
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from molgnn.errors import ConfigError
from molgnn.graph.dgl_runtime import import_dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.graph.presets.column import Column, Preset, expand

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import_dgl()
    from dgllife.utils import (
        AttentiveFPAtomFeaturizer,
        AttentiveFPBondFeaturizer,
        CanonicalAtomFeaturizer,
        CanonicalBondFeaturizer,
    )

DGLLIFE = {
    "canonical": (CanonicalAtomFeaturizer("h"), CanonicalBondFeaturizer("e")),
    "attentivefp": (AttentiveFPAtomFeaturizer("h"), AttentiveFPBondFeaturizer("e")),
}
CHARGES_PAST_ANY_VOCABULARY = ("[Fe+200]", "[He+300]")
# An isotope needs brackets but is no property of any preset; aromatic bonds belong into rings.
WRITTEN_OTHERWISE = ("[2H]C", "[13CH3]C", "C:C")


def stack(mols: Sequence[Chem.Mol], read: Callable[[Chem.Mol], Any], width: int) -> np.ndarray:
    """Return the rows that *read* gives, molecule after molecule."""
    return np.concatenate([np.asarray(read(mol)).reshape(-1, width) for mol in mols])


def canonical(smiles: Sequence[str]) -> list[str]:
    """Return the canonical SMILES of those that RDKit reads, by which other toolkits are judged."""
    with BlockLogs():
        texts = [Chem.MolToSmiles(mol) for mol in map(Chem.MolFromSmiles, smiles) if mol]
        return [text for text in texts if "*" not in text]


def assert_same_columns(codes: np.ndarray, columns: Sequence[Column], expected: np.ndarray) -> None:
    start = 0
    for i, column in enumerate(columns):
        theirs = expected[:, start : start + column.width]
        np.testing.assert_allclose(
            column.expansion[codes[:, i]], theirs, rtol=1e-6, err_msg=f"column {column.name}"
        )
        start += column.width
    assert start == expected.shape[1]


def assert_parity_with_dgllife(name: str, smiles: Sequence[str]) -> None:
    preset = PRESETS[name]
    read_atoms, read_bonds = DGLLIFE[name]
    smiles = canonical(
        [text for text in smiles if text not in CHARGES_PAST_ANY_VOCABULARY + WRITTEN_OTHERWISE]
    )
    molecules, rejected = Featurizer(name)(smiles)
    assert not rejected
    with BlockLogs():  # RDKit deprecates what dgllife calls
        mols = [Chem.MolFromSmiles(text) for text in smiles]
        atoms = stack(mols, lambda mol: read_atoms(mol)["h"], preset.atom_dim)
        bonds = stack(
            mols,
            lambda mol: read_bonds(mol)["e"][::2] if mol.GetNumBonds() else [],
            preset.bond_dim,
        )
    assert_same_columns(molecules.atom_codes, preset.atoms, atoms)
    assert_same_columns(molecules.bond_codes, preset.bonds, bonds)


@pytest.mark.parametrize("name", DGLLIFE)
def test_expanded_codes_are_the_features_of_dgllife_for_rare_molecules(
    name: str, valid: list[str]
) -> None:
    assert_parity_with_dgllife(name, valid)


@pytest.mark.parametrize("one_in", [80, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", DGLLIFE)
def test_expanded_codes_are_the_features_of_dgllife_for_real_molecules(
    name: str, real_smiles: list[str], one_in: int
) -> None:
    assert_parity_with_dgllife(name, real_smiles[::one_in])


def chemprop_atom(atom: Chem.Atom) -> list[float]:
    """Return what chemprop 2 documents, less isotopes' masses."""

    def hot(value: int, choices: Sequence[int]) -> list[float]:
        return [float(value == choice) for choice in choices] + [float(value not in choices)]

    return [
        *hot(atom.GetAtomicNum(), [*range(1, 37), 53]),
        *hot(atom.GetTotalDegree(), range(6)),
        *hot(atom.GetFormalCharge(), [-1, -2, 1, 2, 0]),
        *hot(int(atom.GetChiralTag()), range(4)),
        *hot(atom.GetTotalNumHs(), range(5)),
        *hot(int(atom.GetHybridization()), range(1, 8)),  # S SP SP2 SP3 SP2D SP3D SP3D2
        float(atom.GetIsAromatic()),
        Chem.GetPeriodicTable().GetAtomicWeight(atom.GetAtomicNum()) / 100,
    ]


def test_the_chemprop_preset_has_chemprops_atom_features(valid: list[str]) -> None:
    preset = PRESETS["chemprop"]
    smiles = canonical(valid)
    codes = Featurizer("chemprop")(smiles).molecules.atom_codes
    ours = expand(codes, preset.atoms)
    mols = [Chem.MolFromSmiles(text) for text in smiles]
    theirs = stack(mols, lambda mol: [chemprop_atom(a) for a in mol.GetAtoms()], preset.atom_dim)
    hybridization = preset.atom_dim - 10
    sp2d, sp3 = hybridization + 3, hybridization + 4
    theirs[:, [sp2d, sp3]] = theirs[:, [sp3, sp2d]]  # chemprop lists SP2D before SP3
    no_tag = sum(column.width for column in preset.atoms[:3])
    for features in (ours, theirs):  # chemprop's CW and CCW depend on how a molecule is written
        features[:, no_tag + 1] += features[:, no_tag + 2]
        features[:, no_tag + 2] = 0
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_ogb_codes_are_those_of_its_own_documentation() -> None:
    molecules, _ = Featurizer("ogb")(["Cl[C@H](/C=C/C)Br", "Cl[C@@H](/C=C/C)Br"])
    cw, ccw = sorted(molecules.atom_codes[[1, 7]].tolist())
    assert cw == [5, 1, 4, 5, 1, 0, 2, 0, 0]
    assert ccw == [5, 2, 4, 5, 1, 0, 2, 0, 0]
    assert molecules.bond_codes[2].tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("name", "dims"),
    [
        ("canonical", (74, 12)),
        ("attentivefp", (39, 10)),
        ("chemprop", (72, 13)),
        ("ogb", (174, 13)),
    ],
)
def test_dims_add_up_the_widths(name: str, dims: tuple[int, int]) -> None:
    preset = PRESETS[name]
    assert (preset.atom_dim, preset.bond_dim) == dims


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_survives_json(preset: Preset) -> None:
    assert Preset.from_json(json.loads(json.dumps(preset.to_json()))) == preset


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_value_has_a_code_with_a_row_in_the_expansion(preset: Preset) -> None:
    values = np.arange(-200, 400)
    for column in chain(preset.atoms, preset.bonds):
        codes = column.encode(values)
        assert codes.max() < column.n_codes
        assert column.expansion.shape == (column.n_codes, column.width)
        vocabulary = np.array(column.vocabulary)
        assert column.encode(vocabulary).tolist() == list(range(len(vocabulary)))


def test_an_unknown_value_has_an_entry_only_where_the_column_says_so() -> None:
    unknown = np.array([7])
    silent, open_ = Column("degree", (0, 1)), Column("degree", (0, 1), has_unknown=True)
    assert silent.expansion[silent.encode(unknown)].tolist() == [[0, 0]]
    assert open_.expansion[open_.encode(unknown)].tolist() == [[0, 0, 1]]


def test_a_number_outside_its_vocabulary_takes_the_nearest() -> None:
    column = Column("formal_charge", (2, -1, 0), kind="number")
    numbers = column.expansion[column.encode(np.array([-9, -1, 0, 2, 9]))]
    assert numbers.tolist() == [[-1], [-1], [0], [2], [2]]


def test_a_number_may_stand_for_another_value() -> None:
    column = Column("atomic_number", (1, 6), kind="number", values=(1.008, 12.011))
    assert column.expansion.ravel().tolist() == pytest.approx([1.008, 12.011])


@pytest.mark.parametrize(
    "arguments",
    [
        {"vocabulary": ()},
        {"vocabulary": tuple(range(256))},
        {"vocabulary": (1, 1)},
        {"vocabulary": (1, 2), "kind": "number", "values": (1.0,)},
        {"vocabulary": (1, 2), "values": (1.0, 2.0)},
        {"vocabulary": (1, 2), "kind": "number", "has_unknown": True},
    ],
)
def test_a_column_that_contradicts_itself_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"expected .* but got .*; fix: "):
        Column("degree", **arguments)
