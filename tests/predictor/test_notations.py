"""A molecule is one molecule: however it is written, a model predicts the same for it."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from rdkit import Chem
from rdkit.rdBase import BlockLogs

import molgnn
from molgnn.assess.calibration import Calibration
from molgnn.chem.records import Molecule
from molgnn.chem.standardize import Standardizer
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.network import build_network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card
from molgnn.predictor.members.network import NetworkMember
from molgnn.predictor.predictor import Predictor
from molgnn.tasks import Task, Tasks
from tests.notations import rewrite

N_MOLS = 300
AS_CLOSE_AS = 1e-5
SODIUM_BENZOATES = ["[Na+].[O-]C(=O)c1ccccc1", "[Na]OC(=O)c1ccccc1", "O=C(O[Na])c1ccccc1"]
OLD_BUNDLE = Path(__file__).parent / "bundles" / "format1_standardizer1"

Notations = list[tuple[str, dict[str, str]]]


@pytest.fixture(scope="module")
def notations(library: Path) -> Notations:
    """Return drugs, salts among them, each with the other ways of writing it."""
    with library.open(encoding="utf-8") as file:
        smiles = [row["smiles"] for row in csv.DictReader(file)]
    with BlockLogs():
        drugs = [text for text in smiles if Chem.MolFromSmiles(text) is not None]
        return [(text, rewrite(text)) for text in drugs[:: len(drugs) // N_MOLS]]


def assert_same_predictions(model: Predictor, notations: Notations) -> None:
    expected = model.predict([text for text, _ in notations])
    for kind in notations[0][1]:
        found = model.predict([others[kind] for _, others in notations])
        assert not found.rejected
        moved = np.abs(found.values - expected.values).max(axis=1)
        worst = int(moved.argmax())
        assert moved.max() <= AS_CLOSE_AS, f"{kind}: {notations[worst]} moves by {moved.max()}"


def describe(preset: str, backend: str, smiles: Sequence[str]) -> list[object]:
    """Return for each SMILES its atoms and its bonds, whatever their order."""
    outcomes = Standardizer().apply(enumerate(smiles))
    texts = [outcome.smiles for outcome in outcomes if isinstance(outcome, Molecule)]
    molecules, rejected = Featurizer(preset, backend)(texts)
    assert len(molecules) == len(smiles), rejected
    atoms = list(map(tuple, molecules.atom_codes.tolist()))
    codes = list(map(tuple, molecules.bond_codes.tolist()))
    ends = molecules.bond_ends + np.repeat(molecules.atom_offsets[:-1], molecules.n_bonds)[:, None]
    bonds = [
        (tuple(sorted((atoms[a], atoms[b]))), code)
        for (a, b), code in zip(ends.tolist(), codes, strict=True)
    ]
    atom_slices = map(slice, molecules.atom_offsets[:-1], molecules.atom_offsets[1:])
    bond_slices = map(slice, molecules.bond_offsets[:-1], molecules.bond_offsets[1:])
    return [
        (sorted(atoms[of_atoms]), sorted(bonds[of_bonds]))
        for of_atoms, of_bonds in zip(atom_slices, bond_slices, strict=True)
    ]


@pytest.mark.parametrize("one_in", [10, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("backend", ["cpp", "rdkit"])
@pytest.mark.parametrize("preset", PRESETS)
def test_codes_are_those_of_the_molecule(
    preset: str, backend: str, notations: Notations, one_in: int
) -> None:
    if backend == "cpp":
        pytest.importorskip("cuik_molmaker")
        if Featurizer(preset).backend != "cpp":
            pytest.skip("cuik-molmaker does not tell all of this preset")
    some = notations[::one_in]
    expected = describe(preset, backend, [text for text, _ in some])
    for kind in some[0][1]:
        found = describe(preset, backend, [others[kind] for _, others in some])
        for (text, others), theirs, ours in zip(some, found, expected, strict=True):
            assert theirs == ours, f"{kind}: {text} and {others[kind]}"


@pytest.mark.parametrize("preset", ["chemprop", pytest.param("canonical", marks=pytest.mark.slow)])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_encoder_gives_a_molecule_one_number(
    encoder: str, preset: str, notations: Notations
) -> None:
    tasks = Tasks([Task("active")])
    config = NetworkConfig(encoder=encoder)
    torch.manual_seed(0)
    network = build_network(config, PRESETS[preset], tasks).eval()
    model = Predictor(
        Bundle(
            tasks=tasks,
            standardizer=Standardizer(),
            preset=PRESETS[preset],
            members=(NetworkMember(config, network),),
            calibration=Calibration.identity(1),
            card=Card(name="none", summary="nothing", data="none"),
        )
    )
    assert_same_predictions(model, notations[::15])


@pytest.mark.parametrize("one_in", [10, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["dmpnn.tox21", "gcn.tox21", "mpnn.tox21"])
def test_every_bundled_model_gives_a_molecule_one_number(
    name: str, notations: Notations, one_in: int
) -> None:
    assert_same_predictions(molgnn.load(name), notations[::one_in])


@pytest.mark.parametrize("name", ["dmpnn.tox21", "gcn.tox21", "mpnn.tox21"])
def test_a_salt_is_one_salt_whether_its_bond_is_drawn_or_not(name: str) -> None:
    values = molgnn.load(name).predict(SODIUM_BENZOATES).values
    np.testing.assert_allclose(values, values[[0, 0, 0]], atol=AS_CLOSE_AS)


def test_rdkit_molecules_with_hydrogens_are_those_without(notations: Notations) -> None:
    model = molgnn.load("gcn.tox21")
    mols = [Chem.MolFromSmiles(text) for text, _ in notations]
    expected = model.predict(mols).values
    found = model.predict([Chem.AddHs(mol) for mol in mols]).values
    np.testing.assert_allclose(found, expected, atol=AS_CLOSE_AS)


def test_mirror_images_differ_where_the_preset_sees_chirality() -> None:
    left, right, again = describe("chemprop", "rdkit", ["C[C@H](N)O", "C[C@@H](N)O", "N[C@@H](C)O"])
    assert left == again != right


def test_a_model_of_an_earlier_version_keeps_what_it_was_trained_with() -> None:
    recorded = json.loads((OLD_BUNDLE / "predictions.json").read_text(encoding="utf-8"))
    predictions = Predictor.load(OLD_BUNDLE).predict(list(recorded))
    for row, expected in enumerate(recorded.values()):
        if expected is None:
            assert row in predictions.rejected
        else:
            np.testing.assert_allclose(predictions.values[row], expected, atol=1e-6)
