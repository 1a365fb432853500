"""Boosted trees as a member: their numbers survive the file, and depend on the molecule alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from lightgbm import Booster

from molgnn.chem.descriptors import compute_features
from molgnn.errors import BundleError, ConfigError
from molgnn.fitting.boosting import BoostingConfig, fit_trees
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.graph.store import MoleculeStore
from molgnn.predictor.members.lightgbm import BoostedTrees
from molgnn.tasks import Task, TaskKind, Tasks

SETS = ("maccs", "ecfp4")
TASKS = Tasks([Task("nitrogen"), Task("atoms", TaskKind.REGRESSION), Task("never"), Task("no")])
CONFIG = BoostingConfig(
    molecule_features=SETS, n_trees=20, min_child_samples=1, feature_fraction=1.0
)


@pytest.fixture(scope="module")
def smiles() -> list[str]:
    chains = ["C" * n + end for n in range(1, 13) for end in ("O", "N", "Cl", "C=O", "C#N")]
    return [*chains, "c1ccccc1"]


@pytest.fixture(scope="module")
def labels(smiles: list[str]) -> np.ndarray:
    labels = np.full((len(smiles), 4), np.nan, dtype=np.float32)
    labels[:, 0] = ["N" in text for text in smiles]
    labels[:, 1] = [len(text) for text in smiles]
    labels[:9, 2] = 0
    labels[::3, 0] = np.nan
    return labels


@pytest.fixture(scope="module")
def trees(smiles: list[str], labels: np.ndarray) -> BoostedTrees:
    features = compute_features(smiles, SETS).to_csr()
    grown = [
        fit_trees(task, features, labels[:, i], CONFIG, seed=0) for i, task in enumerate(TASKS)
    ]
    return BoostedTrees(SETS, grown)


@pytest.fixture(scope="module")
def molecules(smiles: list[str]) -> MoleculeStore:
    return Featurizer(features=(*SETS, "rdkit2d"))(smiles).molecules


def test_they_give_logits_and_values(
    trees: BoostedTrees, molecules: MoleculeStore, smiles: list[str]
) -> None:
    outputs = trees.predict(molecules)
    has_nitrogen = np.array(["N" in text for text in smiles])
    assert outputs[has_nitrogen, 0].min() > 0 > outputs[~has_nitrogen, 0].max()
    lengths = np.array([len(text) for text in smiles])
    assert np.corrcoef(outputs[:, 1], lengths)[0, 1] > 0.95


def test_a_task_of_one_class_has_one_output_that_grows_surer_with_its_labels(
    trees: BoostedTrees, molecules: MoleculeStore
) -> None:
    outputs = trees.predict(molecules)
    np.testing.assert_allclose(outputs[:, 2], np.log(1 / 10), rtol=1e-6)
    np.testing.assert_allclose(outputs[:, 3], 0)


def test_they_are_the_same_to_the_bit_after_the_file(
    trees: BoostedTrees, molecules: MoleculeStore
) -> None:
    record = json.loads(json.dumps(trees.to_json()))
    again = BoostedTrees.restore(record, trees.tensors(), PRESETS["canonical"], TASKS)
    assert isinstance(again.trees[0], Booster)
    np.testing.assert_array_equal(again.predict(molecules), trees.predict(molecules))


def test_a_molecule_has_the_same_bits_whatever_stands_beside_it(
    trees: BoostedTrees, molecules: MoleculeStore
) -> None:
    together = trees.predict(molecules)
    for i in (0, 7, 60):
        np.testing.assert_array_equal(trees.predict(molecules.select([i]))[0], together[i])
    assert trees.predict(molecules.select([])).shape == (0, 4)


def test_the_same_seed_gives_the_same_trees_whatever_the_threads(
    smiles: list[str], labels: np.ndarray
) -> None:
    features = compute_features(smiles, SETS).to_csr()
    texts = []
    for seed, n_threads in ((1, 1), (1, 2), (2, 1)):
        config = CONFIG.changed(feature_fraction=0.3)
        grown = fit_trees(TASKS[0], features, labels[:, 0], config, seed=seed, n_threads=n_threads)
        assert isinstance(grown, Booster)
        texts.append(grown.model_to_string().partition("\nparameters:")[0])
    assert texts[0] == texts[1] != texts[2]


def test_features_of_another_version_are_refused(trees: BoostedTrees) -> None:
    record = trees.to_json() | {"features": {"maccs": 1, "ecfp4": 99}}
    with pytest.raises(BundleError, match="feature set ecfp4 in version 1 but got 99"):
        BoostedTrees.restore(record, trees.tensors(), PRESETS["canonical"], TASKS)


def test_graphs_without_features_are_answered_with_what_to_give(
    trees: BoostedTrees, molecules: MoleculeStore
) -> None:
    with pytest.raises(ConfigError, match="fix: give SMILES"):
        trees.predict(molecules.with_features(None))
