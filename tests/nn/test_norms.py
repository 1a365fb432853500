from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from molgnn.graph.batch import GraphBatch
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.norms import BatchNorm, GraphNorm


@pytest.fixture
def norm() -> BatchNorm:
    """Return a layer that has seen states far from standardized."""
    torch.manual_seed(0)
    norm = BatchNorm(4)
    nn.init.normal_(norm.weight)
    norm(3 + 2 * torch.randn(50, 4))
    return norm


def test_two_rows_are_normalized_as_torch_does(norm: BatchNorm) -> None:
    theirs = nn.BatchNorm1d(4)
    theirs.load_state_dict(norm.state_dict())
    states = torch.randn(2, 4)
    assert_close(norm(states), theirs(states))
    assert_close(norm.state_dict(), theirs.state_dict())


@pytest.mark.parametrize("n_rows", [0, 1])
def test_fewer_rows_are_normalized_as_in_evaluation(norm: BatchNorm, n_rows: int) -> None:
    states = torch.randn(n_rows, 4)
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    in_training = norm(states)
    assert_close(in_training, norm.eval()(states))
    assert_close(norm.state_dict(), before)


def test_one_row_lets_gradients_through(norm: BatchNorm) -> None:
    states = torch.randn(1, 4, requires_grad=True)
    norm(states).sum().backward()
    assert states.grad is not None
    assert states.grad.all()


def test_each_molecule_is_normalized_by_its_own_atoms(batch: GraphBatch) -> None:
    torch.manual_seed(0)
    norm = GraphNorm(4)
    for parameter in norm.parameters():
        nn.init.normal_(parameter)
    states = 3 + 2 * torch.randn(len(batch.atom_codes), 4)
    expected = []
    for own in states.split(batch.n_atoms.tolist()):
        centred = own - norm.mean_scale * own.mean(0)
        expected.append(norm.weight * centred / (centred.square().mean(0) + 1e-5).sqrt())
    assert_close(norm(batch, states), torch.cat(expected) + norm.bias, atol=1e-5, rtol=1e-5)


def test_atoms_that_are_all_alike_stay_alike_in_half_precision() -> None:
    benzene = Featurizer("canonical")(["c1ccccc1"]).molecules.batch()
    states = torch.randn(1, 64).expand(6, -1)
    normalized = GraphNorm(64)(benzene, 10 * states.to(torch.bfloat16))
    assert_close(normalized, torch.zeros(6, 64), atol=5e-3, rtol=0)
