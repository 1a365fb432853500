"""The options that every stack of layers has."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from molgnn.errors import ConfigError, UnknownName
from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.encoders.stack import Stack
from molgnn.nn.network import Network, build_network
from molgnn.tasks import Task, Tasks

STACKS = [name for name, encoder in ENCODERS.items() if issubclass(encoder, Stack)]
OPTIONS = [
    {"norm": "none"},
    {"norm": "layer"},
    {"norm": "graph"},
    {"residual": "none"},
    {"residual": "projected"},
    {"jumping_knowledge": "concatenate"},
    {"jumping_knowledge": "max"},
    {"jumping_knowledge": "sum"},
    {"virtual_node": True},
    {"drop_edge": 0.3},
    {"norm": "graph", "virtual_node": True, "jumping_knowledge": "concatenate", "depth": 5},
]

SOME = range(6)
OWN_OPTIONS = [
    ("gcn", {"degree_norm": "both"}),
    ("gat", {"bonds": False}),
    ("gat", {"n_heads": 1}),
    ("gin", {"bonds": False}),
    ("sage", {"aggregator": "mean"}),
    ("sage", {"aggregator": "sum"}),
]


def build(name: str, preset: Preset, **options: Any) -> Network:
    torch.manual_seed(0)
    options = {"hidden_dim": 16, **options}
    config = NetworkConfig(encoder=name, encoder_options=options)
    return build_network(config, preset, Tasks([Task("a")]))


def test_four_encoders_are_stacks() -> None:
    assert STACKS == ["gcn", "gat", "sage", "gin"]


@pytest.mark.parametrize(("name", "options"), [*product(STACKS, OPTIONS), *OWN_OPTIONS], ids=str)
def test_every_stack_takes_every_option(
    name: str, options: dict[str, Any], preset: Preset, molecules: MoleculeStore
) -> None:
    network = build(name, preset, **options)
    network.train()(molecules.batch(SOME)).sum().backward()
    encoder = network.encoder.eval()
    states = encoder(molecules.batch(SOME))
    assert states.shape[1] == encoder.out_dim
    # Where all atoms of a molecule are alike, the variance that GraphNorm divides by is rounding.
    exact = {"atol": 1e-3 if options.get("norm") == "graph" else 1e-5, "rtol": 1e-5}
    with torch.no_grad():  # rows are shared where that is right
        assert_close(encoder(molecules.batch(SOME)), states, **exact)
        alone = torch.cat([encoder(molecules.batch([i])) for i in SOME])
        assert_close(alone, states, **exact)


@pytest.mark.parametrize("option", [{"norm": "graph"}, {"virtual_node": True}])
def test_atoms_share_no_rows_where_their_molecule_matters(
    option: dict[str, Any], preset: Preset
) -> None:
    with torch.no_grad():
        assert build("gin", preset).encoder.eval().shares_rows
        assert not build("gin", preset, **option).encoder.eval().shares_rows


def test_a_virtual_node_carries_word_across_a_molecule(
    preset: Preset, batch: GraphBatch, molecules: MoleculeStore
) -> None:
    chain = molecules.batch([0])
    changed = chain.atom_codes.clone()
    changed[-1] = (changed[-1] + 1) % 2
    other = replace(chain, atom_codes=changed)
    for virtual_node, moves in ((False, False), (True, True)):
        encoder = build("gcn", preset, virtual_node=virtual_node).encoder.eval()
        assert torch.equal(encoder(chain)[0], encoder(other)[0]) != moves


def test_dropped_edges_come_back_after_training(preset: Preset, batch: GraphBatch) -> None:
    encoder = build("gcn", preset, drop_edge=0.9, dropout=0.0, norm="none").encoder
    plain = build("gcn", preset, dropout=0.0, norm="none").encoder
    assert torch.equal(encoder.eval()(batch), plain.eval()(batch))
    torch.manual_seed(0)
    first = encoder.train()(batch)
    assert not torch.allclose(first, plain(batch))
    torch.manual_seed(0)
    assert torch.equal(encoder(batch), first)


@pytest.mark.parametrize("name", STACKS)
def test_states_stay_in_bounds_under_a_deep_stack_with_virtual_nodes(
    name: str, preset: Preset, molecules: MoleculeStore
) -> None:
    encoder = build(name, preset, depth=6, virtual_node=True).encoder
    encoder.train()(molecules.batch())
    assert encoder.eval()(molecules.batch()).abs().max() < 100


@pytest.mark.parametrize("name", STACKS)
def test_deep_stacks_keep_atoms_apart(name: str, preset: Preset, molecules: MoleculeStore) -> None:
    batch = molecules.batch([0])
    encoder = build(name, preset, depth=20, residual="identity", norm="layer").encoder.eval()
    states = nn.functional.normalize(encoder(batch).detach(), dim=1)
    similarity = states @ states.T
    assert similarity.min() < 0.9


def test_heads_must_share_the_width() -> None:
    from molgnn.graph.presets import PRESETS

    with pytest.raises(
        ConfigError, match=r"n_heads=3 and hidden_dim=16; fix: make hidden_dim a multiple of 3"
    ):
        build("gat", PRESETS["canonical"], n_heads=3)


def test_a_shared_option_is_checked_and_named_as_an_encoder_s_own(preset: Preset) -> None:
    with pytest.raises(ConfigError, match="norm='bach'"):
        build("gin", preset, norm="bach")
    with pytest.raises(UnknownName, match="did you mean residual"):
        build("gin", preset, residuals="none")
