"""Molecule features in a network: scaled as `FeatureScaler` does, added to the graph or alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from molgnn.chem.descriptors import FeatureScaler, FeatureTable, compute_features
from molgnn.errors import ConfigError, UnknownName
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.graph.store import MoleculeStore
from molgnn.nn.config import NetworkConfig
from molgnn.nn.feature_scaling import FeatureScaling
from molgnn.nn.network import AnyNetwork, FeatureNetwork, Network, build_network, resolve
from molgnn.tasks import Task, Tasks

SETS = ("maccs", "rdkit2d", "ecfp4")
SMILES = [
    "CCO",
    "c1ccccc1",
    "CC(=O)Oc1ccccc1C(=O)O",
    "[Na+]",
    "C" * 30,
    "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
]
TASKS = Tasks([Task("a"), Task("b")])


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    return compute_features([*SMILES, *SMILES[:2]], SETS)


@pytest.fixture(scope="module")
def molecules() -> MoleculeStore:
    return Featurizer(features=SETS)(SMILES).molecules


def build(**settings: object) -> AnyNetwork:
    torch.manual_seed(0)
    config = NetworkConfig(encoder_options={"hidden_dim": 8}, **settings)  # type: ignore[arg-type]
    return build_network(config, PRESETS["canonical"], TASKS).eval()


@pytest.mark.parametrize("rows", [slice(None), slice(0, 3)])
def test_features_are_scaled_as_the_scaler_scales_them(table: FeatureTable, rows: slice) -> None:
    scaler, scaling = FeatureScaler.fit(table, rows), FeatureScaling(SETS)
    scaling.fit(scaler)
    features = table.to_numpy()
    features[0, ::7] = np.nan
    expected = scaler.transform(features)
    scaled = scaling(torch.from_numpy(features)).numpy()
    np.testing.assert_allclose(scaled, expected, atol=1e-5)
    assert np.abs(scaled).max() > 1


def test_a_scale_that_was_not_learned_makes_every_feature_zero(table: FeatureTable) -> None:
    assert not FeatureScaling(SETS)(torch.from_numpy(table.to_numpy())).any()


def test_a_fusion_begins_as_the_graph_alone(molecules: MoleculeStore) -> None:
    graph = build()
    fused = build(molecule_features=["maccs"])
    assert isinstance(fused, Network)
    fused.load_state_dict(graph.state_dict(), strict=False)
    batch = molecules.batch()
    assert torch.equal(fused(batch), graph(batch))
    assert fused.fusion is not None
    torch.nn.init.ones_(fused.fusion.gate)
    assert not torch.allclose(fused(batch), graph(batch))


def test_features_alone_make_a_network(molecules: MoleculeStore) -> None:
    network = build(encoder="none", molecule_features=["maccs", "ecfp4"])
    assert isinstance(network, FeatureNetwork)
    assert network.feature_sets == ("maccs", "ecfp4")
    assert network(molecules.batch()).shape == (len(SMILES), 2)


def test_neither_graph_nor_features_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"expected molecule_features=… with encoder=… none"):
        build(encoder="none")


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"molecule_features": ["macs"]}, UnknownName),
        ({"molecule_features": ["maccs", "maccs"]}, ConfigError),
        ({"molecule_features": ["maccs"], "feature_options": {"widht": 3}}, UnknownName),
        ({"molecule_features": ["maccs"], "feature_options": {"depth": 0}}, ConfigError),
    ],
)
def test_what_features_cannot_be_is_said(
    settings: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        build(**settings)


def test_a_batch_without_features_is_answered_with_what_to_give(molecules: MoleculeStore) -> None:
    network = build(molecule_features=["maccs"])
    with pytest.raises(ConfigError, match=r"features maccs.*fix: give SMILES"):
        network(molecules.with_features(None).batch())


def test_defaults_are_spelled_out_where_features_are_read() -> None:
    resolved = resolve(NetworkConfig(encoder="none", molecule_features=("maccs",)))
    assert resolved.feature_options["hidden_dim"] == 256
    assert resolve(NetworkConfig()).feature_options == {}


def test_features_follow_their_molecules(molecules: MoleculeStore) -> None:
    picked = molecules.select([4, 0])
    expected = compute_features([SMILES[4], SMILES[0]], ("ecfp4",)).to_numpy()
    np.testing.assert_array_equal(picked.batch().features["ecfp4"].numpy(), expected)
    both = MoleculeStore.concatenate([picked, molecules.select([1])])
    assert both.features is not None
    assert len(both.features) == 3
    assert MoleculeStore.concatenate([picked.with_features(None)] * 2).features is None
