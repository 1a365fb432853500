"""Losses over labels with gaps: NaN means *not measured* and counts for nothing."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from molgnn.tasks import TaskKind, Tasks


def masked_mean(
    losses: Float[Tensor, "mols tasks"], measured: Bool[Tensor, "mols tasks"]
) -> Float[Tensor, ""]:
    """Average over what was measured; 0 where nothing was.

    The losses of gaps must be finite (computed on filled labels): ``NaN * 0`` is NaN.
    """
    return (losses * measured).sum() / measured.sum().clamp(min=1)


class MultiTaskLoss(nn.Module):
    r"""Cross-entropy for classifications, squared error in standard deviations for regressions.

    .. math::
        L = \frac{1}{|M|} \sum_{(i,t) \in M} \ell_t(\hat y_{it}, y_{it}), \qquad
        M = \{(i, t) : y_{it}\ \text{measured}\}

    Parameters
    ----------
    tasks
        The columns' kinds.
    positive_weights
        Factor on the loss of each task's positives; 1 for regressions and by default.
    scale
        Each regression's standard deviation; 1 for classifications and by default.
    """

    def __init__(
        self,
        tasks: Tasks,
        *,
        positive_weights: Float[Tensor, " tasks"] | None = None,
        scale: Float[Tensor, " tasks"] | None = None,
    ) -> None:
        super().__init__()
        ones = torch.ones(len(tasks))
        is_class = [task.kind is TaskKind.CLASSIFICATION for task in tasks]
        self.register_buffer("is_class", torch.tensor(is_class))
        weights = ones if positive_weights is None else positive_weights
        self.register_buffer("positive_weights", weights)
        self.register_buffer("scale", ones if scale is None else scale)
        self.is_class: Bool[Tensor, " tasks"]
        self.positive_weights: Float[Tensor, " tasks"]
        self.scale: Float[Tensor, " tasks"]

    def forward(
        self, outputs: Float[Tensor, "mols tasks"], labels: Float[Tensor, "mols tasks"]
    ) -> Float[Tensor, ""]:
        """Return the mean loss over the measured labels."""
        measured = ~labels.isnan()
        filled = labels.nan_to_num(0.0)
        squared = ((outputs - filled) / self.scale).square()
        # Regression values are no probabilities; their column of the cross-entropy goes unused.
        targets = torch.where(self.is_class, filled, 0.0)
        entropy = binary_cross_entropy_with_logits(
            outputs, targets, pos_weight=self.positive_weights, reduction="none"
        )
        return masked_mean(torch.where(self.is_class, entropy, squared), measured)


def balancing_weights(labels: Float[Tensor, "mols tasks"], tasks: Tasks) -> Float[Tensor, " tasks"]:
    """Return each classification's measured negatives per measured positive.

    A task that lacks one of the classes keeps the weight 1, as do regressions.
    """
    positives, negatives = (labels == 1).sum(0), (labels == 0).sum(0)
    weights = negatives / positives.clamp(min=1)
    weights[(positives == 0) | (negatives == 0)] = 1.0
    weights[tasks.where(TaskKind.REGRESSION)] = 1.0
    return weights
