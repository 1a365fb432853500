"""Chiral tags say how a molecule is built, however it is written."""

from __future__ import annotations

import numpy as np
import pytest

from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Column, Preset
from tests.notations import rewrite

LOCAL, CANONICAL = (
    Preset("mine", (Column(name, (0, 1, 2)),), ())
    for name in ("local_chiral_tag", "canonical_chiral_tag")
)
TRANS, CIS = "C[C@H]1CC[C@H](O)CC1", "C[C@H]1CC[C@@H](O)CC1"
WITH_ALIKE_NEIGHBOURS = {
    "two ring atoms": TRANS,
    "an inositol": "O[C@H]1[C@H](O)[C@H](O)[C@H](O)[C@@H](O)[C@@H]1O",
    "neighbours that differ in chirality": "CN1[C@H]2CC[C@@H]1C[C@@H](C2)OC(=O)[C@H](CO)c1ccccc1",
    "neighbours that differ in a double bond": r"C/C=C\[C@H](O)/C=C/C",
    "neighbours that differ in an isotope": "[13CH3][C@H](C)O",
    "neighbours that differ far away": "CCCCCCCC[C@H](O)CCCCCCCBr",
}


@pytest.fixture(params=[LOCAL, CANONICAL], ids=["local", "canonical"])
def preset(request: pytest.FixtureRequest) -> Preset:
    found: Preset = request.param
    return found


def tags(preset: Preset, backend: str, smiles: str) -> list[int]:
    molecules, rejected = Featurizer(preset, backend)([smiles])
    assert not rejected
    return np.ravel(molecules.atom_codes).tolist()


def mirror(smiles: str) -> str:
    return smiles.replace("@@", "!").replace("@", "@@").replace("!", "@")


def test_two_ways_of_writing_a_stereocentre_have_one_tag(preset: Preset, backend: str) -> None:
    [one] = filter(None, tags(preset, backend, "C[C@H](N)O"))
    [other] = filter(None, tags(preset, backend, "N[C@@H](C)O"))
    [mirrored] = filter(None, tags(preset, backend, "N[C@H](C)O"))
    assert one == other != mirrored


def test_tags_stand_at_the_atoms_of_the_smiles_as_it_was_written(
    preset: Preset, backend: str
) -> None:
    assert [bool(tag) for tag in tags(preset, backend, "N[C@@H](C)O")] == [0, 1, 0, 0]
    assert [bool(tag) for tag in tags(preset, backend, "OCC[C@H](C)N")] == [0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize("smiles", ["C[C@H](C)O", "[*][C@H](F)Cl", "C1CC1"])
def test_what_is_no_stereocentre_of_a_molecule_has_no_tag(
    preset: Preset, backend: str, smiles: str
) -> None:
    molecules, _ = Featurizer(preset, backend)([smiles])
    assert not molecules.atom_codes.any()


@pytest.mark.parametrize("smiles", WITH_ALIKE_NEIGHBOURS.values(), ids=WITH_ALIKE_NEIGHBOURS)
def test_neighbours_that_are_alike_have_one_order_in_every_notation(
    backend: str, smiles: str
) -> None:
    expected = sorted(filter(None, tags(LOCAL, backend, smiles)))
    assert expected
    for kind, other in rewrite(smiles).items():
        assert sorted(filter(None, tags(LOCAL, backend, other))) == expected, kind


def test_cis_and_trans_differ(preset: Preset, backend: str) -> None:
    cis, trans = tags(preset, backend, CIS), tags(preset, backend, TRANS)
    assert len(set(filter(None, cis))) != len(set(filter(None, trans)))


@pytest.mark.parametrize(
    "smiles", ["C[C@H](N)O", "CC(C)[C@H](NC(=O)[C@@H](N)CS)C(=O)O", "C[S@](=O)CC", "C1O[C@H]1C"]
)
def test_a_mirror_image_has_the_opposite_local_tags(backend: str, smiles: str) -> None:
    swapped = {0: 0, 1: 2, 2: 1}
    here = tags(LOCAL, backend, smiles)
    assert any(here)
    assert [swapped[tag] for tag in here] == tags(LOCAL, backend, mirror(smiles))


@pytest.mark.parametrize("end", ["C", "CCCBr", "c1ccccc1", "[C@H](N)CO", "C1CC1"])
def test_a_local_tag_depends_on_what_is_near_alone(backend: str, end: str) -> None:
    [alanine] = filter(None, tags(LOCAL, backend, "CC(=O)N[C@@H](C)C(=O)NC"))
    assert tags(LOCAL, backend, f"CC(=O)N[C@@H](C)C(=O)N{end}")[4] == alanine
    assert tags(LOCAL, backend, f"N(C(=O){end})[C@@H](C)C(=O)NC")[-6] == alanine
