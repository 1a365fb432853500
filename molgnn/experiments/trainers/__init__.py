"""Trainers by the kind of member that they train: a new one is one new file here and one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from molgnn.errors import ConfigError, unknown_name
from molgnn.experiments.trainers.base import Trainer
from molgnn.experiments.trainers.lightgbm import LightGBMTrainer
from molgnn.experiments.trainers.network import NetworkTrainer
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.members import MemberConfig
from molgnn.fitting.transfer import StartingPoint

TRAINERS: dict[str, type[Trainer]] = {each.kind: each for each in (NetworkTrainer, LightGBMTrainer)}


@dataclass(frozen=True)
class Part:
    """Members of one kind, and who trains them.

    Parameters
    ----------
    trainer
        Trains them.
    count
        How many of them there are on each split.
    weight
        What each of them counts for in the mean.
    """

    trainer: Trainer
    count: int
    weight: float


def make_parts(config: TrainingConfig) -> tuple[Part, ...]:
    """Return what the settings have a model consist of; without ``members``, networks alone.

    Raises
    ------
    UnknownName
        If there is no such kind of member, or a part of a member is not known.
    ConfigError
        If a setting of a member cannot be used, or members start from encoders that were trained
        on different inputs.
    """
    entries = config.members or (MemberConfig.single(),)
    parts = []
    for entry in entries:
        if entry.kind not in TRAINERS:
            raise unknown_name("kind of member", entry.kind, TRAINERS)
        count = entry.count * config.ensemble
        trainer = TRAINERS[entry.kind](config, entry.settings)
        parts.append(Part(trainer, count, entry.weight / count))
    _check_starts(parts)
    return tuple(parts)


def starts_of(parts: Sequence[Part]) -> list[StartingPoint]:
    """Return where members start from, those that do not start from random weights."""
    return [part.trainer.start for part in parts if part.trainer.start is not None]


def feature_sets_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the molecule features that a member or another reads."""
    return tuple(dict.fromkeys(name for part in parts for name in part.trainer.feature_sets))


def _check_starts(parts: Sequence[Part]) -> None:
    starts = starts_of(parts)
    for other in starts[1:]:
        first = starts[0]
        if other.inputs != first.inputs:
            raise ConfigError(
                f"expected members that start from encoders of one preset and clean-up but got "
                f"{first.name} and {other.name}; fix: start them all from one of them"
            )
