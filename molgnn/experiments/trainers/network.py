"""Train members that are networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import torch

from molgnn.chem.splits import Split
from molgnn.experiments.folds import Member
from molgnn.experiments.trainers.base import Trainer
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.fitting.distributed import Processes
from molgnn.fitting.fit import fit
from molgnn.fitting.members import NETWORK
from molgnn.fitting.module import TrainingModule
from molgnn.fitting.objectives.supervised import Supervised, fit_scales
from molgnn.fitting.transfer import find_start
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NO_ENCODER
from molgnn.nn.encoders import import_encoder
from molgnn.nn.losses import MultiTaskLoss
from molgnn.nn.network import AnyNetwork, build_network
from molgnn.predictor.members.network import NetworkMember
from molgnn.tasks import Tasks


class NetworkTrainer(Trainer):
    """Trains networks with Lightning; a member is what its best epoch was."""

    kind: ClassVar[str] = NETWORK

    def __init__(self, config: TrainingConfig, settings: dict[str, Any]) -> None:
        config = config.changed(**settings) if settings else config
        self.start = find_start(config)
        self.config = config if self.start is None else self.start.settings_for(config)

    @property
    def short_name(self) -> str:
        """Return the encoder's name."""
        return "features" if self.config.encoder == NO_ENCODER else self.config.encoder

    def describe(self) -> str:
        """Name the encoder, what it reads besides, and what it starts from."""
        features = ", ".join(self.feature_sets)
        start = f", started from {self.start}" if self.start else ""
        reading = f" on {features}" if features else ""
        return f"{self.short_name}{reading}, stopped by the validation score{start}"

    @property
    def feature_sets(self) -> tuple[str, ...]:
        """Those beside the graph."""
        return self.config.molecule_features

    @property
    def needs_this_process(self) -> bool:
        """Say whether the encoder is a class of the script, or notebook, that is running."""
        return self.config.encoder.startswith("__main__.")

    def n_epochs(self, member: Member) -> int:
        """Return how many the settings allow for so many molecules."""
        return self.config.epochs_for(len(member.split.train))

    def check(self, preset: Preset, tasks: Tasks) -> None:
        """Build the network and the loss, both of which refuse wrong settings."""
        import_encoder(self.config.encoder)
        build_network(self.config.network, preset, tasks)
        MultiTaskLoss(tasks, self.config)

    def train(
        self,
        member: Member,
        data: TrainingData,
        preset: Preset,
        folder: CheckpointFolder,
        *,
        processes: Processes,
        resume: bool,
        title: str | None,
    ) -> bool:
        """Train epoch by epoch; every one is resumed from."""
        data = replace(data, molecules=data.molecules.with_only(self.feature_sets))
        network = new_network(member.seed, member.split, data, preset, self.config)
        if self.start is not None:
            self.start.initialize(network, member.number)
        module = make_module(network, member.split, member.seed, data, self.config)
        return fit(module, folder, processes=processes, resume=resume, title=title)

    def restore(
        self, member: Member, data: TrainingData, preset: Preset, folder: CheckpointFolder
    ) -> NetworkMember:
        """Load the weights of the best epoch."""
        network = build_network(self.config.network, preset, data.tasks)
        folder.load_best(network)
        return NetworkMember(self.config.network, network)

    def is_restorable(self, folder: CheckpointFolder) -> bool:
        """Say whether an epoch was finished."""
        return folder.best_checkpoint.exists()


def make_module(
    network: AnyNetwork, split: Split, seed: int, data: TrainingData, config: TrainingConfig
) -> TrainingModule:
    """Return the supervised training of a network, as the settings say."""
    objective = Supervised.of(data, split, network, config)
    rates = {} if config.encoder == NO_ENCODER else config.learning_rates
    return TrainingModule(network, objective, data, split, seed, config, learning_rates=rates)


def new_network(
    seed: int, split: Split, data: TrainingData, preset: Preset, config: TrainingConfig
) -> AnyNetwork:
    """Return a network before its training, which knows the scales of targets and features."""
    torch.manual_seed(seed)
    network = build_network(config.network, preset, data.tasks)
    fit_scales(network, data, split)
    return network
