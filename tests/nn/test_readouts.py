from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.nn.readouts import READOUTS, Readout, Set2Set

# What each readout gives for one molecule's own atoms; Set2Set is compared with DGL-LifeSci's.
ON_ONE_MOLECULE: dict[str, Callable[[Readout, Tensor], Tensor]] = {
    "sum": lambda _, own: own.sum(0),
    "mean": lambda _, own: own.mean(0),
    "max": lambda _, own: own.amax(0),
    "weighted_sum_and_max": lambda readout, own: torch.cat(
        [(readout.weight(own).sigmoid() * own).sum(0), own.amax(0)]
    ),
    "attention": lambda readout, own: (readout.score(own).softmax(0) * own).sum(0),
}


@pytest.mark.parametrize("name", ON_ONE_MOLECULE)
def test_each_molecule_gets_what_its_own_atoms_give(batch: GraphBatch, name: str) -> None:
    torch.manual_seed(0)
    readout = READOUTS[name](8)
    states = torch.randn(len(batch.atom_codes), 8)
    expected = [ON_ONE_MOLECULE[name](readout, own) for own in states.split(batch.n_atoms.tolist())]
    assert_close(readout(batch, states), torch.stack(expected), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(("n_iterations", "n_layers"), [(1, 1), (3, 2)])
def test_set2set_takes_its_sizes(batch: GraphBatch, n_iterations: int, n_layers: int) -> None:
    readout = Set2Set(8, n_iterations=n_iterations, n_layers=n_layers)
    outputs = readout(batch, torch.randn(len(batch.atom_codes), 8))
    assert outputs.shape == (batch.n_mols, readout.out_dim)
    assert readout.lstm.num_layers == n_layers
