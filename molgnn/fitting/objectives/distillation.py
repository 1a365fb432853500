"""Distillation: learn a teacher's outputs, and the labels that were measured."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from molgnn.fitting.data import Step
from molgnn.fitting.objectives.base import Objective
from molgnn.nn.network import AnyNetwork
from molgnn.tasks import TaskKind, Tasks


class Distillation(Objective[AnyNetwork]):
    r"""Regresses a teacher's logits and values, and fits the labels besides.

    .. math::
        L = \frac{1}{|P|}\sum_{(m,t) \in P} \left(\frac{\hat z_{mt} - z_{mt}}{s_t}\right)^2
          + \frac{\lambda}{|P|} \sum_{(m,t) \in Y} \ell_t(\hat z_{mt}, y_{mt})

    *P* are the teacher's outputs, *Y* the labels that were measured, :math:`s_t` the deviation of
    the teacher's outputs; :math:`\ell` is the cross entropy of classifications, and the squared
    error in units of :math:`s_t` of regressions.

    Parameters
    ----------
    tasks
        The columns of both.
    scale
        The deviation of each task's outputs.
    label_weight
        :math:`\lambda`.

    Notes
    -----
    Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015; logits are matched
    as by Ba and Caruana, "Do Deep Nets Really Need to be Deep?", NeurIPS 2014.
    """

    def __init__(self, tasks: Tasks, scale: Float[Tensor, " tasks"], label_weight: float) -> None:
        super().__init__()
        self.n_tasks, self.label_weight = len(tasks), label_weight
        is_class = torch.zeros(len(tasks), dtype=torch.bool)
        is_class[tasks.where(TaskKind.CLASSIFICATION)] = True
        self.register_buffer("scale", scale)
        self.register_buffer("is_class", is_class)
        self.scale: Tensor
        self.is_class: Tensor

    def loss(self, network: AnyNetwork, step: Step) -> Float[Tensor, ""]:
        """Return the sum of this process's errors over the number of the step's outputs."""
        outputs = network(step.graphs).float()
        taught, labels = step.labels.float().tensor_split([self.n_tasks], dim=1)
        n_taught = (~step.all_labels[:, : self.n_tasks].isnan()).sum().clamp(min=1)
        total = _sum_of_known(self._squared(outputs, taught), taught)
        if self.label_weight:
            entropy = binary_cross_entropy_with_logits(
                outputs, labels.nan_to_num(), reduction="none"
            )
            errors = torch.where(self.is_class, entropy, self._squared(outputs, labels))
            total = total + self.label_weight * _sum_of_known(errors, labels)
        return total / n_taught

    def validate(
        self, network: AnyNetwork, step: Step
    ) -> tuple[Float[Tensor, ""], Float[Tensor, "mols tasks"]]:
        """Return the mean squared error against the teacher, and the outputs."""
        outputs = network(step.graphs).float()
        taught = step.labels[:, : self.n_tasks].float()
        errors = _sum_of_known(self._squared(outputs, taught), taught)
        return errors / (~taught.isnan()).sum().clamp(min=1), outputs

    def _squared(
        self, outputs: Float[Tensor, "mols tasks"], targets: Float[Tensor, "mols tasks"]
    ) -> Float[Tensor, "mols tasks"]:
        return ((outputs - targets.nan_to_num()) / self.scale).square()


def _sum_of_known(
    errors: Float[Tensor, "mols tasks"], targets: Float[Tensor, "mols tasks"]
) -> Float[Tensor, ""]:
    return torch.where(targets.isnan(), 0.0, errors).sum()
