"""Train the networks of a model, fold by fold and ensemble member by member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from molgnn.chem.splits import Split
from molgnn.experiments.folds import Member
from molgnn.experiments.run_folder import RunFolder
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.fitting.distributed import Processes
from molgnn.fitting.fit import fit
from molgnn.fitting.module import TrainingModule
from molgnn.fitting.objectives.supervised import Supervised, fit_target_scale
from molgnn.fitting.transfer import StartingPoint
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import Network, build_network


@dataclass(frozen=True)
class Trained:
    """The members that have come to an end, each with its network at its best epoch.

    Parameters
    ----------
    members, networks
        In order.
    interrupted
        Whether the last of them, or one behind it, was cut short.
    """

    members: list[Member]
    networks: list[Network]
    interrupted: bool

    def split_of(self, fold: int) -> Split:
        """Return the split of a fold."""
        return next(member.split for member in self.members if member.fold == fold)


def train_members(
    members: Sequence[Member],
    data: TrainingData,
    preset: Preset,
    config: TrainingConfig,
    folder: RunFolder,
    *,
    start: StartingPoint | None,
    processes: Processes,
    resume: bool,
    progress: bool,
) -> Trained:
    """Train each member from its own seed on its own split.

    Raises
    ------
    FileProblem, ConfigError
        If the first member left no epoch, or none that gave numbers.
    """
    trained: list[tuple[Member, Network]] = []
    interrupted = False
    for member in members:
        network = new_network(member.seed, member.split, data, preset, config)
        if start is not None:
            start.initialize(network, member.number)
        module = make_module(network, member.split, member.seed, data, config)
        place = folder.member(member.number)
        counted = f" {member.number + 1} of {len(members)}" if len(members) > 1 else ""
        title = f"training{counted}" if progress and processes.is_first else None
        interrupted = fit(module, place, processes=processes, resume=resume, title=title)
        is_lost = interrupted and trained and not place.best_checkpoint.exists()
        if processes.is_first and not is_lost:
            place.load_best(network)
            trained.append((member, network.cpu().eval()))
        if interrupted:
            break
    return Trained([m for m, _ in trained], [network for _, network in trained], interrupted)


def make_module(
    network: Network, split: Split, seed: int, data: TrainingData, config: TrainingConfig
) -> TrainingModule:
    """Return the supervised training of a network, as the settings say."""
    objective = Supervised.of(data, split, network, config)
    return TrainingModule(
        network, objective, data, split, seed, config, learning_rates=config.learning_rates
    )


def new_network(
    seed: int, split: Split, data: TrainingData, preset: Preset, config: TrainingConfig
) -> Network:
    """Return a network before its training, which knows the scale of its targets."""
    torch.manual_seed(seed)
    network = build_network(config.network, preset, data.tasks)
    fit_target_scale(network, data, split)
    return network
