"""Properties that do not depend on how a molecule is written."""

from __future__ import annotations

import numpy as np
import pytest

from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Column, Preset

HYDROGENS = Preset("mine", (Column("implicit_hydrogens", tuple(range(5)), kind="number"),), ())
CHIRALITY = Preset("mine", (Column("canonical_chiral_tag", (0, 1, 2)),), ())


@pytest.fixture(params=["cpp", "rdkit"])
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "cpp":
        pytest.importorskip("cuik_molmaker")
    return str(request.param)


def codes(preset: Preset, backend: str, smiles: str) -> list[int]:
    molecules, rejected = Featurizer(preset, backend)([smiles])
    assert not rejected
    return np.ravel(molecules.atom_codes).tolist()


@pytest.mark.parametrize(
    ("smiles", "hydrogens"),
    [
        ("CCO", [3, 2, 1]),
        ("[CH3][CH2][OH]", [3, 2, 1]),
        ("[H]OCC", [1, 2, 3]),
        ("c1cc[nH]c1", [1, 1, 1, 0, 1]),
        ("N1C=CC=C1", [0, 1, 1, 1, 1]),
        ("C[C@H](N)O", [3, 0, 2, 1]),
        ("C[NH3+]", [3, 0]),
        ("[CH3]", [0]),
        ("O=[PH](O)O", [0, 0, 1, 1]),
        ("C[Sn](C)C", [0, 0, 0, 0]),
        ("[SiH4]", [0]),
        ("[13CH3]C", [3, 3]),
    ],
)
def test_hydrogens_are_implicit_where_canonical_smiles_needs_no_brackets(
    backend: str, smiles: str, hydrogens: list[int]
) -> None:
    assert codes(HYDROGENS, backend, smiles) == hydrogens


def test_two_ways_of_writing_a_stereocentre_have_one_tag(backend: str) -> None:
    [one] = filter(None, codes(CHIRALITY, backend, "C[C@H](N)O"))
    [other] = filter(None, codes(CHIRALITY, backend, "N[C@@H](C)O"))
    [mirror] = filter(None, codes(CHIRALITY, backend, "N[C@H](C)O"))
    assert one == other != mirror


def test_tags_stand_at_the_atoms_of_the_smiles_as_it_was_written(backend: str) -> None:
    assert [bool(tag) for tag in codes(CHIRALITY, backend, "N[C@@H](C)O")] == [0, 1, 0, 0]
    assert [bool(tag) for tag in codes(CHIRALITY, backend, "OCC[C@H](C)N")] == [0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize("smiles", ["C[C@H](C)O", "[*][C@H](F)Cl", "C1CC1"])
def test_what_is_no_stereocentre_of_a_molecule_has_no_tag(backend: str, smiles: str) -> None:
    molecules, _ = Featurizer(CHIRALITY, backend)([smiles])
    assert not molecules.atom_codes.any()
