"""Given the same weights, our layers give what DGL's layers of the same name give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import dgl
from molgnn.graph.message_flow import atom_flow
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.gat import GATLayer
from molgnn.nn.encoders.gcn import GCNLayer
from molgnn.nn.encoders.gin import GINLayer
from molgnn.nn.encoders.mpnn import MPNN
from molgnn.nn.encoders.sage import SAGELayer
from molgnn.nn.encoders.stack import Inputs, Layer

HIDDEN_DIM = 12
Theirs = Callable[[dgl.DGLGraph, Tensor], Tensor]


@pytest.fixture
def inputs(preset: Preset) -> Inputs:
    torch.manual_seed(0)
    return Inputs(preset, HIDDEN_DIM, are_codes=False)


@torch.no_grad()
def assert_equal(layer: Layer, theirs: Theirs, batch: GraphBatch) -> None:
    """Compare a later layer of a stack, where every atom has a row of its own."""
    states = torch.randn(len(batch.atom_codes), HIDDEN_DIM)
    block = atom_flow(batch, 2, bonds=True, shared=False).blocks[1]
    ours = layer(batch, block, states)
    assert ours.std() > 1e-3
    assert_close(ours, theirs(batch.graph, states), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("degree_norm", ["none", "both"])
def test_gcn(inputs: Inputs, batch: GraphBatch, degree_norm: str) -> None:
    ours = GCNLayer(inputs, degree_norm=degree_norm)
    nn.init.normal_(ours.bias)
    theirs = dgl.nn.GraphConv(HIDDEN_DIM, HIDDEN_DIM, degree_norm, allow_zero_in_degree=True)
    theirs.load_state_dict({"weight": ours.message.weight.T, "bias": ours.bias})
    assert_equal(ours, theirs, batch)


@pytest.mark.parametrize("n_heads", [1, 3])
def test_gat(inputs: Inputs, batch: GraphBatch, n_heads: int) -> None:
    ours = GATLayer(inputs, n_heads=n_heads, bonds=False)
    theirs = dgl.nn.GATv2Conv(HIDDEN_DIM, HIDDEN_DIM // n_heads, n_heads, allow_zero_in_degree=True)
    theirs.fc_src.load_state_dict(ours.source.state_dict())
    theirs.fc_dst.load_state_dict(ours.target.state_dict())
    theirs.attn.data.copy_(ours.attention.unsqueeze(0))
    assert_equal(ours, lambda graph, states: theirs(graph, states).flatten(1), batch)


@pytest.mark.parametrize("aggregator", ["mean", "pool"])
def test_sage(inputs: Inputs, batch: GraphBatch, aggregator: str) -> None:
    ours = SAGELayer(inputs, aggregator=aggregator)
    theirs = dgl.nn.SAGEConv(HIDDEN_DIM, HIDDEN_DIM, aggregator)
    theirs.fc_self.load_state_dict(ours.own.state_dict())
    theirs.fc_neigh.load_state_dict(ours.neighbour.state_dict())
    if ours.pool is not None:
        theirs.fc_pool.load_state_dict(ours.pool.state_dict())
    assert_equal(ours, theirs, batch)


def test_the_sum_of_sage_is_its_mean_times_the_number_of_neighbours(
    inputs: Inputs, batch: GraphBatch
) -> None:
    ours, mean = (SAGELayer(inputs, aggregator=name) for name in ("sum", "mean"))
    mean.load_state_dict(ours.state_dict())

    def theirs(graph: dgl.DGLGraph, states: Tensor) -> Tensor:
        block = atom_flow(batch, 2, bonds=True, shared=False).blocks[1]
        own = mean.own(states)
        return own + graph.in_degrees().unsqueeze(1) * (mean(batch, block, states) - own)

    assert_equal(ours, theirs, batch)


def test_gin(inputs: Inputs, batch: GraphBatch) -> None:
    ours = GINLayer(inputs, bonds=False)
    nn.init.constant_(ours.epsilon, 0.3)
    theirs = dgl.nn.GINConv(ours.perceptron, "sum", init_eps=0.3)
    assert_equal(ours, theirs, batch)


def test_gine(inputs: Inputs, batch: GraphBatch) -> None:
    ours = GINLayer(inputs, bonds=True)
    nn.init.constant_(ours.epsilon, 0.3)
    theirs = dgl.nn.GINEConv(ours.perceptron, init_eps=0.3)
    bonds = ours.bond(batch.bond_codes).repeat_interleave(2, dim=0)
    assert_equal(ours, lambda graph, states: theirs(graph, states, bonds), batch)


@torch.no_grad()
def test_mpnn(preset: Preset, batch: GraphBatch) -> None:
    torch.manual_seed(0)
    ours = MPNN(preset, hidden_dim=HIDDEN_DIM, edge_hidden_dim=7, depth=1).eval()
    nn.init.normal_(ours.message_bias)
    matrices = ours._bond_matrices(batch.bond_codes).flatten(1).repeat_interleave(2, dim=0)
    theirs = dgl.nn.NNConv(HIDDEN_DIM, HIDDEN_DIM, nn.Identity(), aggregator_type="sum")
    theirs.bias.data.copy_(ours.message_bias)
    states = ours.project(batch.atom_codes).relu()
    messages = theirs(batch.graph, states, matrices).relu()
    assert_close(ours(batch), ours.gru(messages, states), atol=1e-5, rtol=1e-5)
