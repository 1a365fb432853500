"""The adapter gives what DGL-LifeSci's own way from SMILES to states gives."""

from __future__ import annotations

import sys
import warnings

import pytest
import torch
from torch.testing import assert_close

from molgnn.errors import ConfigError, MissingDependency, UnknownName
from molgnn.graph.dgl_runtime import describe, dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.dgllife import DGLLifeEncoder

every_network = pytest.mark.parametrize(
    "gnn",
    ["GCN", "GAT", "GATv2", "GraphSAGE", "NFGNN", "MPNNGNN", "WeaveGNN", "WLN", "PAGTNGNN",
     "AttentiveFPGNN"],
)  # fmt: skip
SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "C/C=C/Cl", "c1ccc2[nH]ccc2c1"]


@every_network
def test_a_network_of_dgllife_sees_the_features_that_it_is_used_to(
    gnn: str, preset: Preset
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from dgllife.utils import (
            CanonicalAtomFeaturizer,
            CanonicalBondFeaturizer,
            smiles_to_bigraph,
        )
    torch.manual_seed(0)
    encoder = DGLLifeEncoder(preset, gnn=gnn).eval()
    atoms, bonds = CanonicalAtomFeaturizer("h"), CanonicalBondFeaturizer("e")
    graph = dgl.batch(
        [
            smiles_to_bigraph(text, False, atoms, bonds, canonical_atom_order=False)
            for text in SMILES
        ]
    )
    features = [graph.ndata["h"], *([graph.edata["e"]] if encoder.sees_bonds else [])]
    with torch.no_grad():
        theirs = encoder.network(graph, *features)
        ours = encoder(Featurizer("canonical")(SMILES).molecules.batch())
    assert ours.shape[1] == encoder.out_dim
    assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


def test_its_own_options_reach_the_network(preset: Preset) -> None:
    encoder = DGLLifeEncoder(preset, gnn="GCN", options={"hidden_feats": [8, 24]})
    assert encoder.out_dim == 24


@pytest.mark.parametrize(
    ("gnn", "options", "error", "text"),
    [
        ("GNC", {}, UnknownName, "unknown network of dgllife 'GNC'.*GCN"),
        ("SchNetGNN", {}, ConfigError, "wants node_types, edge_dists"),
        ("GIN", {}, ConfigError, "wants categorical_node_feats"),
        ("GCN", {"width": 3}, UnknownName, "unknown option of GCN 'width'"),
        ("GCN", {"hidden_feats": "wide"}, ConfigError, "fit GCN"),
        ("GCN", {"activation": ["relu", "relu"]}, ConfigError, "fit GCN .*not callable"),
        ("WeaveGNN", {"num_layers": 0}, ConfigError, "fit WeaveGNN .*IndexError"),
        ("GraphSAGE", {"aggregator_type": ["sun", "sun"]}, ConfigError, "Invalid aggregator"),
    ],
)
def test_what_it_cannot_serve_is_refused(
    preset: Preset, gnn: str, options: dict[str, object], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        DGLLifeEncoder(preset, gnn=gnn, options=options)


@every_network
@torch.no_grad()
def test_a_molecule_gets_in_company_what_it_gets_alone_with_or_without_bonds(
    gnn: str, preset: Preset
) -> None:
    encoder = DGLLifeEncoder(preset, gnn=gnn).eval()
    molecules = Featurizer("canonical")(["C", "[Na+].[Cl-]", *SMILES]).molecules
    alone = torch.cat([encoder(molecules.batch([i])) for i in range(len(molecules))])
    assert alone.isfinite().all()
    assert_close(encoder(molecules.batch()), alone, atol=1e-5, rtol=1e-5)
    assert encoder(molecules.batch([])).shape == (0, encoder.out_dim)


def test_a_device_without_kernels_of_dgl_is_refused(preset: Preset) -> None:
    if describe().cuda:
        pytest.skip("this DGL has kernels for GPUs")
    encoder = DGLLifeEncoder(preset).to("meta")
    with pytest.raises(ConfigError, match=r"expected a CPU.* but got meta; fix: device='cpu'"):
        encoder(Featurizer("canonical")(SMILES).molecules.batch().to("meta"))


def test_without_dgllife_the_command_that_installs_it_is_told(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dgllife.model", None)
    with pytest.raises(MissingDependency, match="fix: pip install dgllife"):
        DGLLifeEncoder(preset)
