from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from molgnn.nn.norms import BatchNorm


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
