from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from molgnn.nn.heads import MultiTaskHead
from molgnn.tasks import Task, TaskKind, Tasks

TASKS = Tasks([Task("toxic"), Task("solubility", TaskKind.REGRESSION), Task("active")])


def test_a_new_head_leaves_every_output_as_the_perceptron_gives_it() -> None:
    head = MultiTaskHead(8, TASKS).eval()
    states = torch.randn(5, 8)
    assert_close(head(states), head.output(head.perceptron(states)))


def test_a_regression_is_put_back_into_its_unit() -> None:
    head = MultiTaskHead(8, TASKS).eval()
    states = torch.randn(5, 8)
    before = head(states)
    head.scale[1], head.shift[1] = 2.0, -3.0
    after = head(states)
    assert_close(after[:, 1], 2 * before[:, 1] - 3)
    assert_close(after[:, [0, 2]], before[:, [0, 2]])


def test_units_are_saved_with_the_weights() -> None:
    head, other = MultiTaskHead(8, TASKS).eval(), MultiTaskHead(8, TASKS).eval()
    head.scale[1], head.shift[1] = 2.0, -3.0
    other.load_state_dict(head.state_dict())
    states = torch.randn(5, 8)
    assert torch.equal(other(states), head(states))


def test_without_hidden_layers_it_is_linear() -> None:
    head = MultiTaskHead(8, TASKS, hidden_dims=())
    states = torch.randn(5, 8)
    assert_close(head(states), nn.functional.linear(states, head.output.weight, head.output.bias))


def test_hidden_layers_have_the_widths_that_were_asked_for() -> None:
    head = MultiTaskHead(8, TASKS, hidden_dims=(20, 10))
    shapes = [tuple(layer.weight.shape) for layer in head.modules() if isinstance(layer, nn.Linear)]
    assert shapes == [(20, 8), (10, 20), (3, 10)]


def test_dropout_acts_in_training_alone() -> None:
    torch.manual_seed(0)
    head = MultiTaskHead(8, TASKS, dropout=0.5)
    states = torch.randn(5, 8)
    assert not torch.equal(head(states), head(states))
    head.eval()
    assert torch.equal(head(states), head(states))


@pytest.mark.parametrize("n_mols", [0, 1, 2])
def test_batch_normalization_accepts_batches_of_any_size(n_mols: int) -> None:
    head = MultiTaskHead(8, TASKS, batch_norm=True)
    assert head(torch.randn(n_mols, 8)).shape == (n_mols, len(TASKS))
