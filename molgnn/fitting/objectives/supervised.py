"""Supervised training: the masked multi-task loss, scored by ROC-AUC and explained variance."""

from __future__ import annotations

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from molgnn.assess.selection import selection_score
from molgnn.chem.splits import Split
from molgnn.fitting.data import Step, TrainingData
from molgnn.fitting.objectives.base import Objective
from molgnn.nn.config import LossConfig
from molgnn.nn.losses import MultiTaskLoss, balancing_weights
from molgnn.nn.network import AnyNetwork
from molgnn.tasks import TaskKind, Tasks


class Supervised(Objective[AnyNetwork]):
    """Learns the labels that were measured.

    Parameters
    ----------
    tasks
        The columns of the labels.
    valid_labels
        Those of the validation part, which every epoch is scored on.
    loss
        The loss, masked where nothing was measured.
    """

    def __init__(
        self, tasks: Tasks, valid_labels: Float[np.ndarray, "valid tasks"], loss: MultiTaskLoss
    ) -> None:
        super().__init__()
        self.tasks, self.valid_labels, self.multi_task_loss = tasks, valid_labels, loss

    @classmethod
    def of(
        cls, data: TrainingData, split: Split, network: AnyNetwork, config: LossConfig
    ) -> Supervised:
        """Return the objective for a network that knows the scale of its targets."""
        labels = torch.from_numpy(data.labels[split.train])
        balance = balancing_weights(labels, data.tasks) if config.class_balance else None
        scale = network.head.scale.clone()
        loss = MultiTaskLoss(data.tasks, config, positive_weights=balance, scale=scale)
        return cls(data.tasks, data.labels[split.valid], loss)

    def loss(self, network: AnyNetwork, step: Step) -> Float[Tensor, ""]:
        """Return the sum of this process's losses over the weight of all the step's labels."""
        outputs = network(step.graphs).float()
        total = self.multi_task_loss.weight_of(step.all_labels)
        loss: Tensor = self.multi_task_loss(outputs, step.labels, total)
        return loss

    def validate(
        self, network: AnyNetwork, step: Step
    ) -> tuple[Float[Tensor, ""], Float[Tensor, "mols tasks"]]:
        """Return the mean loss of the labels that were measured, and the outputs."""
        outputs = network(step.graphs).float()
        return self.multi_task_loss(outputs, step.labels), outputs

    def score(self, outputs: Float[np.ndarray, "mols tasks"]) -> float:
        """Return what `selection_score` does; labels too few for that leave the loss to decide."""
        if not np.isfinite(outputs).all():
            return -math.inf
        scale = self.multi_task_loss.scale.cpu().numpy()
        return selection_score(self.tasks, self.valid_labels, outputs, scale)


def fit_scales(network: AnyNetwork, data: TrainingData, split: Split) -> None:
    """Tell the network the scales of its targets and of the features that it reads.

    They are those of the training part: the mean and the deviation of every regression, which the
    head undoes, and what a `FeatureScaler` learns.
    """
    for i in data.tasks.where(TaskKind.REGRESSION):
        measured = data.labels[split.train, i].astype(np.float64)
        measured = measured[~np.isnan(measured)]
        if len(measured):
            network.head.shift[i] = float(measured.mean())
            network.head.scale[i] = float(measured.std()) or 1.0
    features = data.molecules.features
    if network.features is not None and features is not None:
        from molgnn.chem.descriptors import FeatureScaler

        scaler = FeatureScaler.fit(features.only(network.feature_sets), split.train)
        network.features.scaling.fit(scaler)
