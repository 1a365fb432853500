from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.testing import assert_close

from molgnn.errors import UnknownName
from molgnn.nn.config import LossConfig
from molgnn.nn.losses import MultiTaskLoss, balancing_weights
from molgnn.tasks import Task, TaskKind, Tasks

NAN = math.nan
CLASSES = Tasks([Task("a"), Task("b")])
VALUES = Tasks([Task("a", TaskKind.REGRESSION), Task("b", TaskKind.REGRESSION)])
MIXED = Tasks([Task("class"), Task("value", TaskKind.REGRESSION)])

OUTPUTS = torch.tensor([[0.3, -1.2], [2.0, 0.7], [-0.4, 5.0]])
LABELS = torch.tensor([[1.0, NAN], [NAN, 0.0], [0.0, 1.0]])
MEASURED = ~LABELS.isnan()


def cost_and_gradient(
    loss: MultiTaskLoss, outputs: Tensor, labels: Tensor
) -> tuple[Tensor, Tensor]:
    outputs = outputs.clone().requires_grad_()
    value = loss(outputs, labels)
    return value.detach(), torch.autograd.grad(value, outputs)[0]


def test_classes_cost_the_mean_cross_entropy_of_the_measured_labels() -> None:
    expected = binary_cross_entropy_with_logits(OUTPUTS[MEASURED], LABELS[MEASURED])
    assert_close(MultiTaskLoss(CLASSES)(OUTPUTS, LABELS), expected)


def test_values_cost_the_mean_squared_error_of_the_measured_labels() -> None:
    expected = (OUTPUTS[MEASURED] - LABELS[MEASURED]).square().mean()
    assert_close(MultiTaskLoss(VALUES)(OUTPUTS, LABELS), expected)


def test_values_are_compared_in_standard_deviations() -> None:
    scale = torch.tensor([2.0, 10.0])
    expected = ((OUTPUTS - LABELS) / scale)[MEASURED].square().mean()
    assert_close(MultiTaskLoss(VALUES, scale=scale)(OUTPUTS, LABELS), expected)


KINDS = [LossConfig(), LossConfig(loss="focal", regression_loss="huber")]


@pytest.mark.parametrize("config", KINDS)
@pytest.mark.parametrize("tasks", [CLASSES, VALUES, MIXED])
def test_a_gap_pulls_at_no_output(tasks: Tasks, config: LossConfig) -> None:
    _, gradient = cost_and_gradient(MultiTaskLoss(tasks, config), OUTPUTS, LABELS)
    assert (gradient[~MEASURED] == 0).all()
    assert (gradient[MEASURED] != 0).all()


@pytest.mark.parametrize("tasks", [CLASSES, VALUES, MIXED])
def test_an_output_without_a_label_does_not_count(tasks: Tasks) -> None:
    loss = MultiTaskLoss(tasks, LossConfig(task_weights={tasks.names[0]: 3.0}))
    elsewhere = OUTPUTS.where(MEASURED, torch.tensor(1e6))
    assert torch.equal(loss(elsewhere, LABELS), loss(OUTPUTS, LABELS))


@pytest.mark.parametrize("tasks", [CLASSES, VALUES, MIXED])
@pytest.mark.parametrize("n_mols", [0, 3])
def test_a_batch_without_labels_costs_nothing(tasks: Tasks, n_mols: int) -> None:
    nothing = torch.full((n_mols, 2), NAN)
    cost, gradient = cost_and_gradient(MultiTaskLoss(tasks), OUTPUTS[:n_mols], nothing)
    assert cost == 0
    assert not gradient.any()


def test_classes_and_values_share_one_mean() -> None:
    entropy = binary_cross_entropy_with_logits(
        OUTPUTS[[0, 2], 0], LABELS[[0, 2], 0], reduction="sum"
    )
    squares = (OUTPUTS[1:, 1] - LABELS[1:, 1]).square().sum()
    assert_close(MultiTaskLoss(MIXED)(OUTPUTS, LABELS), (entropy + squares) / MEASURED.sum())


def test_positives_weigh_what_they_are_told_to() -> None:
    weighted = MultiTaskLoss(CLASSES, positive_weights=torch.tensor([3.0, 1.0]))
    _, plain = cost_and_gradient(MultiTaskLoss(CLASSES), OUTPUTS, LABELS)
    _, heavy = cost_and_gradient(weighted, OUTPUTS, LABELS)
    factor = torch.where((LABELS == 1) & torch.tensor([True, False]), 3.0, 1.0)
    assert_close(heavy, factor * plain)


def test_a_focal_loss_is_the_cross_entropy_of_what_is_still_in_doubt() -> None:
    loss = MultiTaskLoss(CLASSES, LossConfig(loss="focal", focal_gamma=1.5))
    logits, labels = OUTPUTS[MEASURED], LABELS[MEASURED]
    given = torch.where(labels == 1, logits.sigmoid(), 1 - logits.sigmoid())
    assert_close(loss(OUTPUTS, LABELS), (-((1 - given) ** 1.5) * given.log()).mean())


def test_a_huber_loss_lets_outliers_pull_no_harder_than_one_deviation() -> None:
    loss = MultiTaskLoss(
        VALUES, LossConfig(regression_loss="huber"), scale=torch.tensor([1.0, 2.0])
    )
    labels = torch.tensor([[50.3, NAN], [NAN, -99.3]])
    cost, gradient = cost_and_gradient(loss, OUTPUTS[:2], labels)
    assert_close(cost, torch.tensor(49.5))
    assert_close(gradient, torch.tensor([[-0.5, 0.0], [0.0, 0.25]]))


def test_a_task_weighs_what_it_is_told_to() -> None:
    weighted = MultiTaskLoss(MIXED, LossConfig(task_weights={"value": 3.0}))
    losses = [
        MultiTaskLoss(MIXED)(OUTPUTS, LABELS.where(torch.arange(2) == i, NAN)) for i in (0, 1)
    ]
    assert_close(weighted(OUTPUTS, LABELS), (2 * losses[0] + 2 * 3 * losses[1]) / (2 + 2 * 3))


def test_a_weight_for_no_task_is_refused() -> None:
    with pytest.raises(UnknownName, match="valeu"):
        MultiTaskLoss(MIXED, LossConfig(task_weights={"valeu": 2.0}))


def test_shares_of_a_step_add_up_to_the_whole() -> None:
    loss = MultiTaskLoss(MIXED, LossConfig(task_weights={"value": 3.0}))
    total = loss.weight_of(LABELS)
    shares = [loss(OUTPUTS[i::2], LABELS[i::2], total) for i in (0, 1)]
    assert_close(sum(shares), loss(OUTPUTS, LABELS))


def test_extreme_outputs_cost_finite_amounts() -> None:
    outputs = torch.tensor([[1e4, -1e4]])
    cost, gradient = cost_and_gradient(MultiTaskLoss(MIXED), outputs, torch.tensor([[0.0, NAN]]))
    assert_close(cost, torch.tensor(1e4))
    assert gradient.isfinite().all()


def test_balancing_weights_count_measured_labels_alone() -> None:
    labels = torch.tensor([[1.0, 0.0], [0.0, NAN], [0.0, NAN], [0.0, 1.0], [NAN, NAN]])
    assert_close(balancing_weights(labels, CLASSES), torch.tensor([3.0, 1.0]))


@pytest.mark.parametrize("only", [0.0, 1.0, NAN])
def test_a_task_of_one_class_is_not_balanced(only: float) -> None:
    labels = torch.tensor([[only, 1.0], [only, 0.0], [NAN, 0.0]])
    assert_close(balancing_weights(labels, CLASSES), torch.tensor([1.0, 2.0]))


def test_values_are_not_balanced() -> None:
    labels = torch.tensor([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    assert_close(balancing_weights(labels, MIXED), torch.tensor([2.0, 1.0]))
