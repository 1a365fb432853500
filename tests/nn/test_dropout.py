from __future__ import annotations

import pytest
import torch
from torch import Tensor

from molgnn.nn.dropout import Dropout


@pytest.fixture
def states() -> Tensor:
    return torch.ones(400, 301)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_as_many_states_are_dropped_as_was_asked_for(states: Tensor, p: float) -> None:
    torch.manual_seed(0)
    dropped = Dropout(p)(states) == 0
    assert dropped.float().mean().item() == pytest.approx(p, abs=0.005)
    for axis in (0, 1):  # in every row and every column
        assert (dropped.float().mean(axis) - p).abs().max() < 0.15


def test_the_mean_is_kept(states: Tensor) -> None:
    torch.manual_seed(0)
    assert Dropout(0.3)(states).mean().item() == pytest.approx(1.0, abs=0.01)


def test_what_was_dropped_gets_no_gradient_and_all_else_its_own_scaled(states: Tensor) -> None:
    states.requires_grad_()
    outputs = Dropout(0.25)(states)
    outputs.sum().backward()
    assert states.grad is not None
    assert states.grad.equal(outputs)
    assert states.grad.unique().tolist() == pytest.approx([0.0, 4 / 3])


def test_torchs_seed_chooses_what_is_dropped_anew_with_each_call(states: Tensor) -> None:
    dropout = Dropout(0.5)
    torch.manual_seed(0)
    first, second = dropout(states), dropout(states)
    torch.manual_seed(0)
    assert dropout(states).equal(first)
    assert 0.45 < (first == second).float().mean() < 0.55


def test_nothing_is_dropped_in_evaluation_or_by_a_probability_of_zero(states: Tensor) -> None:
    assert Dropout(0.5).eval()(states).equal(states)
    assert Dropout(0.0)(states).equal(states)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_the_states_keep_their_type(dtype: torch.dtype) -> None:
    assert Dropout(0.5)(torch.ones(3, dtype=dtype)).dtype is dtype


@pytest.mark.parametrize("shape", [(0, 4), (0,), (1,), (2, 3, 5)])
def test_any_shape_will_do(shape: tuple[int, ...]) -> None:
    assert Dropout(0.5)(torch.ones(shape)).shape == shape


def test_a_probability_next_to_one_keeps_numbers_finite(states: Tensor) -> None:
    assert Dropout(1 - 1e-9)(states).isfinite().all()
