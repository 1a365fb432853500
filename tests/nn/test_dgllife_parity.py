"""Our networks give what DGL-LifeSci's give when they hold the same weights."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from molgnn.graph.dgl_runtime import dgl
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.nn.network import NetworkConfig, build_network
from molgnn.tasks import Task, Tasks

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from dgllife.model import AttentiveFPPredictor, GCNPredictor, MPNNPredictor
    from dgllife.utils import CanonicalAtomFeaturizer, CanonicalBondFeaturizer, smiles_to_bigraph

N_TASKS = 12
MOLS_PER_BATCH = 32
TASKS = Tasks([Task(f"task {i}") for i in range(N_TASKS)])

Forward = Callable[[Any], Tensor]


@pytest.fixture(scope="module")
def their_graphs(drugs: list[str], preset: Preset) -> list[Any]:
    read_atoms, read_bonds = CanonicalAtomFeaturizer("h"), CanonicalBondFeaturizer("e")
    graphs = [smiles_to_bigraph(smiles, False, read_atoms, read_bonds) for smiles in drugs]
    for graph in graphs:
        if not graph.num_edges():
            graph.edata["e"] = torch.zeros(0, preset.bond_dim)
    return graphs


@pytest.fixture
def their_gcn(preset: Preset, their_graphs: list[Any]) -> GCNPredictor:
    torch.manual_seed(0)
    model = GCNPredictor(
        preset.atom_dim, hidden_feats=[64, 64], n_tasks=N_TASKS, predictor_hidden_feats=80
    )
    for layer in model.gnn.gnn_layers:
        layer.graph_conv.set_allow_zero_in_degree(True)
    return with_running_statistics(model, their_graphs, lambda g: model(g, g.ndata["h"]))


@pytest.fixture
def their_mpnn(preset: Preset) -> MPNNPredictor:
    torch.manual_seed(0)
    return MPNNPredictor(preset.atom_dim, preset.bond_dim, n_tasks=N_TASKS).eval()


def in_batches(graphs: list[Any]) -> Iterator[Any]:
    for start in range(0, len(graphs), MOLS_PER_BATCH):
        yield dgl.batch(graphs[start : start + MOLS_PER_BATCH])


def with_running_statistics(model: nn.Module, graphs: list[Any], forward: Forward) -> nn.Module:
    """Train a little, so that batch normalization is none of 0, 1, 1 and 0."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for graph in in_batches(graphs):
        optimizer.zero_grad()
        forward(graph).square().mean().backward()
        optimizer.step()
    return model.eval()


def copy_gcn(theirs: GCNPredictor, ours: nn.Module) -> None:
    encoder = ours.encoder
    parts = zip(encoder.layers, encoder.residuals, encoder.norms, strict=True)
    for (layer, residual, norm), their_layer in zip(parts, theirs.gnn.gnn_layers, strict=True):
        linear_of(layer.message).load_state_dict({"weight": their_layer.graph_conv.weight.T})
        linear_of(residual.linear).load_state_dict(their_layer.res_connection.state_dict())
        layer.bias.data.copy_(their_layer.graph_conv.bias)
        norm.load_state_dict(their_layer.bn_layer.state_dict())
    weight_and_sum = theirs.readout.weight_and_sum
    ours.readout.weight.load_state_dict(weight_and_sum.atom_weighting[0].state_dict())
    _, hidden, _, norm, output = theirs.predict.predict
    _, our_hidden, _, our_norm = ours.head.perceptron
    our_hidden.load_state_dict(hidden.state_dict())
    our_norm.load_state_dict(norm.state_dict())
    ours.head.output.load_state_dict(output.state_dict())


def copy_mpnn(theirs: MPNNPredictor, ours: nn.Module) -> None:
    encoder, gnn = ours.encoder, theirs.gnn
    edge_hidden, _, edge_output = gnn.gnn_layer.edge_func
    encoder.project.linear.load_state_dict(gnn.project_node_feats[0].state_dict())
    encoder.edge_input.linear.load_state_dict(edge_hidden.state_dict())
    encoder.edge_output.load_state_dict(edge_output.state_dict())
    encoder.message_bias.data.copy_(gnn.gnn_layer.bias)
    gru = {name.removesuffix("_l0"): value for name, value in gnn.gru.state_dict().items()}
    encoder.gru.load_state_dict(gru)
    ours.readout.lstm.load_state_dict(theirs.readout.lstm.state_dict())
    hidden, _, output = theirs.predict
    ours.head.perceptron[1].load_state_dict(hidden.state_dict())
    ours.head.output.load_state_dict(output.state_dict())


def linear_of(layer: nn.Module) -> nn.Module:
    """Return what holds the weights: the first layer of a stack reads codes, the others states."""
    return layer if isinstance(layer, nn.Linear) else layer.linear


def our_outputs(network: nn.Module, molecules: MoleculeStore) -> Tensor:
    starts = range(0, len(molecules), MOLS_PER_BATCH)
    batches = [molecules.batch(slice(start, start + MOLS_PER_BATCH)) for start in starts]
    return torch.cat([network(batch) for batch in batches])


@torch.no_grad()
def assert_same_outputs(
    network: nn.Module, molecules: MoleculeStore, forward: Forward, graphs: list[Any]
) -> None:
    theirs = torch.cat([forward(graph) for graph in in_batches(graphs)])
    assert len(theirs) > 200
    assert (theirs.std(dim=0) > 1e-3).all()
    assert_close(our_outputs(network.eval(), molecules), theirs, atol=1e-5, rtol=1e-5)


def test_gcn_with_the_weights_of_dgllife_gives_its_outputs(
    their_gcn: GCNPredictor, their_graphs: list[Any], molecules: MoleculeStore, preset: Preset
) -> None:
    config = NetworkConfig(
        encoder="gcn",
        encoder_options={"hidden_dim": 64, "depth": 2},
        readout="weighted_sum_and_max",
        head_options={"hidden_dims": [80], "batch_norm": True},
    )
    network = build_network(config, preset, TASKS)
    copy_gcn(their_gcn, network)
    assert_same_outputs(network, molecules, lambda g: their_gcn(g, g.ndata["h"]), their_graphs)


def test_mpnn_with_the_weights_of_dgllife_gives_its_outputs(
    their_mpnn: MPNNPredictor, their_graphs: list[Any], molecules: MoleculeStore, preset: Preset
) -> None:
    config = NetworkConfig(encoder="mpnn", readout="set2set", head_options={"hidden_dims": [64]})
    network = build_network(config, preset, TASKS)
    copy_mpnn(their_mpnn, network)
    assert_same_outputs(
        network, molecules, lambda g: their_mpnn(g, g.ndata["h"], g.edata["e"]), their_graphs
    )


def copy_attentive_fp(theirs: AttentiveFPPredictor, ours: nn.Module) -> None:
    encoder, context, readout = ours.encoder, theirs.gnn.init_context, theirs.readout
    encoder.project.linear.load_state_dict(context.project_node[0].state_dict())
    joint = context.project_edge1[0]
    n_atom_features = encoder.neighbour.linear.in_features
    encoder.neighbour.linear.weight.data.copy_(joint.weight[:, :n_atom_features])
    encoder.neighbour.linear.bias.data.copy_(joint.bias)
    encoder.bond.linear.weight.data.copy_(joint.weight[:, n_atom_features:])
    first, *later = encoder.rounds
    first.score.load_state_dict(context.project_edge2[1].state_dict())
    first.transform.load_state_dict(context.attentive_gru.edge_transform[1].state_dict())
    first.gru.load_state_dict(context.attentive_gru.gru.state_dict())
    for own, layer in zip(later, theirs.gnn.gnn_layers, strict=True):
        own.score.load_state_dict(layer.project_edge[1].state_dict())
        own.transform.load_state_dict(layer.attentive_gru.project_node[1].state_dict())
        own.gru.load_state_dict(layer.attentive_gru.gru.state_dict())
    for i, layer in enumerate(readout.readouts):
        ours.readout.scores[i].load_state_dict(layer.compute_logits[0].state_dict())
        ours.readout.answers[i].load_state_dict(layer.project_nodes[1].state_dict())
        ours.readout.grus[i].load_state_dict(layer.gru.state_dict())
    ours.head.output.load_state_dict(theirs.predict[1].state_dict())


def test_attentive_fp_with_the_weights_of_dgllife_gives_its_outputs(
    their_graphs: list[Any], molecules: MoleculeStore, preset: Preset
) -> None:
    torch.manual_seed(0)
    theirs = AttentiveFPPredictor(
        preset.atom_dim, preset.bond_dim, num_layers=3, graph_feat_size=40, n_tasks=N_TASKS
    ).eval()
    config = NetworkConfig(
        encoder="attentivefp",
        encoder_options={"hidden_dim": 40, "depth": 3},
        readout="attentivefp",
        head_options={"hidden_dims": []},
    )
    network = build_network(config, preset, TASKS)
    copy_attentive_fp(theirs, network)
    assert_same_outputs(
        network, molecules, lambda g: theirs(g, g.ndata["h"], g.edata["e"]), their_graphs
    )


def test_salts_need_their_gcn_to_be_told_to_accept_them(
    preset: Preset, their_graphs: list[Any]
) -> None:
    salt = their_graphs[-1]
    as_it_comes = GCNPredictor(preset.atom_dim)
    with pytest.raises(dgl.DGLError, match="0-in-degree"):
        as_it_comes(salt, salt.ndata["h"])
