"""The LightningModule: training step, validation score, optimizer and learning rate schedule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import lightning
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.chem.splits import Split
from molgnn.fitting.data import Batches, Examples, Step
from molgnn.fitting.objectives.base import Objective
from molgnn.fitting.optimization import OptimizationConfig

SCORE, LOSS = "valid_score", "valid_loss"
FINAL_LEARNING_RATE = 0.01
VALIDATION_MOLS = 512


class TrainingModule(lightning.LightningModule):
    """Trains a network on one part of the data and scores it on another.

    Every epoch starts its random numbers anew from the seed and its own number, so a resumed
    training goes the way of one that was never interrupted. Several processes share out each
    batch, and their gradients add up to those of one process.

    Parameters
    ----------
    network
        What is trained, and kept.
    objective
        What it is trained for.
    data
        The molecules and their labels.
    split
        Which of them are trained on, and which are scored.
    seed
        Of the order of the molecules and of dropout.
    config
        All other settings.
    learning_rates
        Of parts of the network, by name, that have one of their own; 0 leaves them as they are.
    """

    def __init__(
        self,
        network: nn.Module,
        objective: Objective[Any],
        data: Examples,
        split: Split,
        seed: int,
        config: OptimizationConfig,
        learning_rates: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__()
        self.network, self.objective = network, objective
        self.data, self.split, self.seed, self.config = data, split, seed, config
        self.n_epochs = config.epochs_for(len(split.train))
        self.patience = config.patience_for(len(split.train))
        self.learning_rates = dict(learning_rates or {})
        for part in self._frozen_parts():
            part.requires_grad_(False)
        self._train_losses: list[Float[Tensor, ""]] = []
        self._n_trained: list[int] = []
        self._valid_outputs: list[np.ndarray] = []

    def train_dataloader(self) -> Batches:
        """Return the training batches of this epoch."""
        return Batches(
            self.data,
            self.split.train,
            self.config.batch_size,
            shuffle_seed=(self.seed, self.current_epoch),
            share=(self.trainer.global_rank, self.trainer.world_size),
        )

    def val_dataloader(self) -> Batches:
        """Return the validation batches: all of them, so that every process gets the score."""
        return Batches(self.data, self.split.valid, VALIDATION_MOLS)

    def transfer_batch_to_device(
        self, batch: Step, device: torch.device, dataloader_idx: int
    ) -> Step:
        """Move a step's tensors; Lightning would look for them, field by field, for a while."""
        graphs, labels, all_labels = batch
        return Step(graphs.to(device), labels.to(device), all_labels.to(device))

    def on_train_epoch_start(self) -> None:
        """Make dropout a function of the seed and the epoch."""
        entropy = (self.seed, self.current_epoch, self.trainer.global_rank)
        [state] = np.random.SeedSequence(entropy).generate_state(1, np.uint64)
        torch.manual_seed(int(state) % 2**63)
        for part in self._frozen_parts():
            part.eval()

    def _frozen_parts(self) -> list[nn.Module]:
        rates = self.learning_rates
        return [self.network.get_submodule(name) for name in rates if not rates[name]]

    def training_step(self, step: Step, _: int) -> Float[Tensor, ""]:
        """Return the loss of this process's share, so that the mean over all is the step's."""
        loss = self.objective.loss(self.network, step) * self.trainer.world_size
        n_mols, is_shared = len(step.all_labels), self.trainer.world_size > 1
        if is_shared:  # each process must give every parameter a gradient, used or not
            loss = loss + 0 * torch.stack([p.sum() for p in self.parameters()]).sum()
        self._train_losses.append(loss.detach())
        self._n_trained.append(n_mols)
        return loss

    def validation_step(self, step: Step, _: int) -> None:
        """Keep what the epoch's score needs, which no batch has by itself."""
        loss, outputs = self.objective.validate(self.network, step)
        self.log(LOSS, loss, batch_size=len(step.labels), sync_dist=False)
        self._valid_outputs.append(outputs.cpu().numpy())

    def on_validation_epoch_end(self) -> None:
        """Score the validation part; where there is no score, the loss decides."""
        self._log_train_loss()
        score = self.objective.score(np.concatenate(self._valid_outputs))
        self._valid_outputs.clear()
        if math.isnan(score):
            score = -float(self.trainer.callback_metrics[LOSS])
        self.log(SCORE, score)

    def _parameter_groups(self) -> list[dict[str, Any]]:
        """Return what is learned, in groups of one learning rate."""
        groups: list[dict[str, Any]] = []
        known: set[int] = set()
        for name, rate in self.learning_rates.items():
            parameters = list(self.network.get_submodule(name).parameters())
            known |= {id(parameter) for parameter in parameters}
            groups += [{"params": parameters, "lr": rate}] if rate else []
        others = [p for p in self.parameters() if id(p) not in known]
        return [{"params": others}, *groups]

    def _log_train_loss(self) -> None:
        """Log the epoch's mean once: at each step, that takes Lightning a tenth of the step."""
        losses = torch.stack(self._train_losses)
        weights = losses.new_tensor(self._n_trained)
        self._train_losses.clear()
        self._n_trained.clear()
        mean = losses @ weights / weights.sum()
        self.log("train_loss", mean, sync_dist=self.trainer.world_size > 1)

    def configure_optimizers(self) -> Any:
        """Return AdamW with a linear warm-up and a cosine decay, step by step."""
        config = self.config
        optimizer = torch.optim.AdamW(
            self._parameter_groups(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
        )
        n_per_epoch = len(self.train_dataloader())
        n_steps = n_per_epoch * self.n_epochs
        n_warmup = min(n_per_epoch * config.warmup_epochs, n_steps / 2)

        def factor(step: int) -> float:
            if step < n_warmup:
                return (step + 1) / (n_warmup + 1)
            progress = min((step - n_warmup) / (n_steps - n_warmup), 1.0)
            cosine = (1 + math.cos(math.pi * progress)) / 2
            return FINAL_LEARNING_RATE + (1 - FINAL_LEARNING_RATE) * cosine

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
