"""Multi-task losses with missing labels: cross-entropy, focal, squared error, Huber.

NaN means *not measured* and counts for nothing.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, huber_loss

from molgnn.nn.config import LossConfig
from molgnn.tasks import TaskKind, Tasks

Losses = Float[Tensor, "mols tasks"]


def cross_entropy(
    logits: Losses, labels: Losses, positive_weights: Float[Tensor, " tasks"]
) -> Losses:
    """Return the cross-entropy of each label."""
    return binary_cross_entropy_with_logits(
        logits, labels, pos_weight=positive_weights, reduction="none"
    )


def focal_loss(
    logits: Losses, labels: Losses, positive_weights: Float[Tensor, " tasks"], gamma: float
) -> Losses:
    r"""Return the cross-entropy times :math:`(1 - p)^\gamma`, *p* being what the label was given.

    What is predicted well already counts little, so that rare positives are not drowned by easy
    negatives.

    Notes
    -----
    Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017.
    """
    entropy = binary_cross_entropy_with_logits(logits, labels, reduction="none")
    # The root of nothing has no gradient, which matters to a gamma below 1.
    doubt = (-torch.expm1(-entropy)).clamp(min=1e-6)
    return doubt**gamma * cross_entropy(logits, labels, positive_weights)


class MultiTaskLoss(nn.Module):
    r"""One loss for classifications, one for regressions, averaged over what was measured.

    .. math::
        L = \frac{\sum_{(i,t) \in M} w_t\, \ell_t(\hat y_{it}, y_{it})}{\sum_{(i,t) \in M} w_t},
        \qquad M = \{(i, t) : y_{it}\ \text{measured}\}

    Errors of regressions are taken in standard deviations of the task.

    Parameters
    ----------
    tasks
        The columns' kinds.
    config
        Which losses, and the tasks' weights.
    positive_weights
        Factor on the loss of each task's positives; 1 for regressions and by default.
    scale
        Each regression's standard deviation; 1 for classifications and by default.

    Raises
    ------
    UnknownName
        If a weight is given to a task that there is not.
    """

    def __init__(
        self,
        tasks: Tasks,
        config: LossConfig | None = None,
        *,
        positive_weights: Float[Tensor, " tasks"] | None = None,
        scale: Float[Tensor, " tasks"] | None = None,
    ) -> None:
        super().__init__()
        self.config = config or LossConfig()
        ones = torch.ones(len(tasks))
        weights = ones.clone()
        for name, weight in self.config.task_weights.items():
            weights[tasks.index_of(name)] = weight
        is_class = [task.kind is TaskKind.CLASSIFICATION for task in tasks]
        self.register_buffer("is_class", torch.tensor(is_class))
        self.register_buffer("task_weights", weights)
        balance = ones if positive_weights is None else positive_weights
        self.register_buffer("positive_weights", balance)
        self.register_buffer("scale", ones if scale is None else scale)
        self.is_class: Bool[Tensor, " tasks"]
        self.task_weights: Float[Tensor, " tasks"]
        self.positive_weights: Float[Tensor, " tasks"]
        self.scale: Float[Tensor, " tasks"]

    def forward(
        self,
        outputs: Float[Tensor, "mols tasks"],
        labels: Float[Tensor, "mols tasks"],
        total: Float[Tensor, ""] | None = None,
    ) -> Float[Tensor, ""]:
        """Return the mean loss over the measured labels; 0 where nothing was measured.

        Parameters
        ----------
        outputs
            Logits and values.
        labels
            NaN where not measured.
        total
            What to divide the sum by, where these labels are a part of a step's; by default, the
            weight of these labels.
        """
        # NaN * 0 is NaN: gaps are filled before their losses are taken out of the sum.
        losses = self._of_each(outputs, labels.nan_to_num(0.0))
        weights = self.task_weights * ~labels.isnan()
        total = weights.sum() if total is None else total
        return (losses * weights).sum() / torch.where(total > 0, total, 1.0)

    def weight_of(self, labels: Float[Tensor, "mols tasks"]) -> Float[Tensor, ""]:
        """Return the summed weight of the labels that were measured."""
        return (self.task_weights * ~labels.isnan()).sum()

    def _of_each(self, outputs: Losses, filled: Losses) -> Losses:
        # Values are no probabilities; their column of the cross-entropy goes unused.
        targets = torch.where(self.is_class, filled, 0.0)
        if self.config.loss == "focal":
            gamma = self.config.focal_gamma
            of_classes = focal_loss(outputs, targets, self.positive_weights, gamma)
        else:
            of_classes = cross_entropy(outputs, targets, self.positive_weights)
        errors = (outputs - filled) / self.scale
        if self.config.regression_loss == "huber":
            of_values = huber_loss(errors, torch.zeros_like(errors), reduction="none")
        else:
            of_values = errors.square()
        return torch.where(self.is_class, of_classes, of_values)


def balancing_weights(labels: Float[Tensor, "mols tasks"], tasks: Tasks) -> Float[Tensor, " tasks"]:
    """Return each classification's measured negatives per measured positive.

    A task that lacks one of the classes keeps the weight 1, as do regressions.
    """
    positives, negatives = (labels == 1).sum(0), (labels == 0).sum(0)
    weights = negatives / positives.clamp(min=1)
    weights[(positives == 0) | (negatives == 0)] = 1.0
    weights[tasks.where(TaskKind.REGRESSION)] = 1.0
    return weights
