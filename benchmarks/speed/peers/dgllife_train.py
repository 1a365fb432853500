"""Train DGL-LifeSci's MPNN of its default size the way its own scripts do, at its best.

Every graph is made before the first epoch, and nothing but training is done in an epoch: no
validation, no checkpoint.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

sys.path.append(str(Path(__file__).resolve().parents[3]))

from benchmarks.speed.peers.dgllife_predict import ATOM_DIM, BOND_DIM, GraphMaker
from molgnn import read_table
from molgnn.graph.dgl_runtime import dgl

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from dgllife.model import MPNNPredictor


def masked_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy over the labels that were measured."""
    measured = ~labels.isnan()
    return binary_cross_entropy_with_logits(logits[measured], labels[measured])


def train(graphs: list[Any], labels: Tensor, n_epochs: int, batch_size: int) -> None:
    """Train for some epochs and print what each took."""
    model = MPNNPredictor(ATOM_DIM, BOND_DIM, n_tasks=labels.shape[1]).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(n_epochs):
        started, losses = time.perf_counter(), []
        for rows in torch.split(torch.randperm(len(graphs)), batch_size):
            batch = dgl.batch([graphs[row] for row in rows.tolist()])
            logits = model(batch, batch.ndata["h"], batch.edata["e"])
            loss = masked_loss(logits, labels[rows])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            losses.append(loss.item())
        seconds = time.perf_counter() - started
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {seconds:.1f} s", flush=True)


def main() -> None:
    """Read the command line and the training rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--batch-size", type=int, default=64)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    table, as_graph = read_table(arguments.table, split_column="part"), GraphMaker()
    rows = [i for i, part in enumerate(table.split_values) if part == "train"]
    graphs = [as_graph(table.smiles[row]) for row in rows]
    labels = torch.from_numpy(table.labels[rows].astype(np.float32))
    train(graphs, labels, arguments.epochs, arguments.batch_size)


if __name__ == "__main__":
    main()
