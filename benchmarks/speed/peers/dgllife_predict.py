"""Predict with DGL-LifeSci's featurizers and graph networks, holding the weights of our bundle.

The graph network is DGL-LifeSci's own. Its predictors would put another readout behind it
(GCNPredictor a weighted sum and maximum, MPNNPredictor a Set2Set) and another perceptron; here
stand the bundle's instead, a mean over atoms for the GCN and DGL-LifeSci's weighted sum and maximum
for the MPNN, so that the outputs must be the bundle's. Either is less work than its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import warnings
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from molgnn.graph.dgl_runtime import dgl

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from dgllife.model.gnn import GCN, MPNNGNN
    from dgllife.model.readout import WeightedSumAndMax
    from dgllife.utils import CanonicalAtomFeaturizer, CanonicalBondFeaturizer, smiles_to_bigraph

ATOM_DIM, BOND_DIM = 74, 12
NODE_DIM = 64

Weights = dict[str, Tensor]


class GCNNetwork(nn.Module):
    """DGL-LifeSci's GCN of two layers of 256, then mean and perceptron."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.gnn = GCN(ATOM_DIM, [256, 256])
        for i, layer in enumerate(self.gnn.gnn_layers):
            ours = _below(weights, f"encoder.layers.{i}.")
            message = _linear(_below(ours, "message."))
            residual = _linear(_below(weights, f"encoder.residuals.{i}.linear."))
            layer.graph_conv.set_allow_zero_in_degree(True)  # or a salt's ion ends the run
            layer.graph_conv.load_state_dict({"weight": message["weight"].T, "bias": ours["bias"]})
            layer.res_connection.load_state_dict(residual)
            layer.bn_layer.load_state_dict(_below(weights, f"encoder.norms.{i}."))
        self.head = _head(weights)

    def forward(self, graph: Any) -> Tensor:
        """Return one logit per molecule and task."""
        logits: Tensor = self.head(_mean(graph, self.gnn(graph, graph.ndata["h"])))
        return logits


class MPNNNetwork(nn.Module):
    """DGL-LifeSci's MPNN of its default size, then weighted sum and maximum, and perceptron."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.gnn = MPNNGNN(ATOM_DIM, BOND_DIM)
        ours = _below(weights, "encoder.")
        edge_hidden, _, edge_output = self.gnn.gnn_layer.edge_func
        self.gnn.project_node_feats[0].load_state_dict(_linear(_below(ours, "project.")))
        edge_hidden.load_state_dict(_linear(_below(ours, "edge_input.")))
        edge_output.load_state_dict(_below(ours, "edge_output."))
        self.gnn.gnn_layer.bias.data.copy_(ours["message_bias"])
        gru = {f"{name}_l0": value for name, value in _below(ours, "gru.").items()}
        self.gnn.gru.load_state_dict(gru)
        self.readout = WeightedSumAndMax(NODE_DIM)
        weighting = _below(weights, "readout.weight.")
        self.readout.weight_and_sum.atom_weighting[0].load_state_dict(weighting)
        self.head = _head(weights)

    def forward(self, graph: Any) -> Tensor:
        """Return one logit per molecule and task."""
        states = self.gnn(graph, graph.ndata["h"], graph.edata["e"])
        logits: Tensor = self.head(self.readout(graph, states))
        return logits


NETWORKS = {"gcn": GCNNetwork, "mpnn": MPNNNetwork}


class GraphMaker:
    """From a SMILES to a graph, the way DGL-LifeSci's own scripts do it."""

    def __init__(self) -> None:
        self._atoms, self._bonds = CanonicalAtomFeaturizer("h"), CanonicalBondFeaturizer("e")

    def __call__(self, smiles: str) -> Any:
        """Return the graph of a molecule that RDKit parses."""
        graph = smiles_to_bigraph(smiles, False, self._atoms, self._bonds)
        if not graph.num_edges():  # it leaves a molecule without bonds without the field
            graph.edata["e"] = torch.zeros(0, BOND_DIM)
        return graph


def _below(weights: Weights, prefix: str) -> Weights:
    return {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}


def _linear(weights: Weights) -> Weights:
    """Return a layer's weights: one that reads codes holds them one level down."""
    return _below(weights, "linear.") or weights


def _head(weights: Weights) -> nn.Sequential:
    hidden, output = _below(weights, "head.perceptron.1."), _below(weights, "head.output.")
    head = nn.Sequential(
        nn.Linear(*hidden["weight"].T.shape), nn.ReLU(), nn.Linear(*output["weight"].T.shape)
    )
    head[0].load_state_dict(hidden)
    head[2].load_state_dict(output)
    return head


def _mean(graph: Any, states: Tensor) -> Tensor:
    with graph.local_scope():
        graph.ndata["states"] = states
        means: Tensor = dgl.mean_nodes(graph, "states")
        return means


def _in_batches(rows: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    while batch := list(islice(rows, size)):
        yield batch


@torch.inference_mode()
def predict(library: Path, output: Path, bundle: Path, network: str, batch_size: int) -> None:
    """Write a row of calibrated probabilities per row of a cleaned library."""
    description = json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))
    model = NETWORKS[network](_below(load_file(bundle / "weights.safetensors"), "0.")).eval()
    line = description["calibration"]
    slopes, intercepts = torch.tensor(line["slopes"]), torch.tensor(line["intercepts"])
    as_graph = GraphMaker()
    with library.open(newline="") as source, output.open("w", newline="") as target:
        rows, writer = csv.reader(source), csv.writer(target, lineterminator="\n")
        writer.writerow([*next(rows), *(task["name"] for task in description["tasks"])])
        for batch in _in_batches(rows, batch_size):
            logits = model(dgl.batch([as_graph(smiles) for _, smiles in batch]))
            values = torch.sigmoid(slopes * logits + intercepts).tolist()
            for row, value in zip(batch, values, strict=True):
                writer.writerow([*row, *(f"{probability:.6g}" for probability in value)])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--batch-size", type=int, default=128)
    predict(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
