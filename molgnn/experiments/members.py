"""Train one member of a model, and find it again in its folder."""

from __future__ import annotations

from dataclasses import dataclass

from molgnn.chem.splits import Split
from molgnn.experiments.folds import Member
from molgnn.experiments.run_folder import RunFolder
from molgnn.experiments.trainers import Part
from molgnn.fitting.data import TrainingData
from molgnn.fitting.distributed import Processes
from molgnn.graph.presets.column import Preset
from molgnn.predictor.members.base import Member as TrainedMember


@dataclass(frozen=True)
class MemberContext:
    """All that a member is trained with, besides its own split and seed; it pickles.

    Parameters
    ----------
    data
        The molecules, with the features that any member reads.
    preset
        How their atoms and bonds became codes.
    parts
        The kinds of members, each with who trains them.
    """

    data: TrainingData
    preset: Preset
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Trained:
    """The members that were trained.

    Parameters
    ----------
    members
        What they were trained on.
    models
        What they are now: a network is that of its best epoch.
    weights
        What each counts for.
    interrupted
        Whether one of them, or one that is not among them, was cut short.
    """

    members: list[Member]
    models: list[TrainedMember]
    weights: list[float]
    interrupted: bool

    def split_of(self, fold: int) -> Split:
        """Return the split of a fold."""
        return next(member.split for member in self.members if member.fold == fold)


def train_member(
    member: Member,
    context: MemberContext,
    folder: RunFolder,
    *,
    processes: Processes,
    resume: bool,
    title: str | None,
) -> bool:
    """Train a member and leave it in its folder; say whether it was cut short."""
    return context.parts[member.part].trainer.train(
        member,
        context.data,
        context.preset,
        folder.member(member.number),
        processes=processes,
        resume=resume,
        title=title,
    )


def restore_member(member: Member, context: MemberContext, folder: RunFolder) -> TrainedMember:
    """Return a member that was trained, as it is in its folder."""
    trainer = context.parts[member.part].trainer
    return trainer.restore(member, context.data, context.preset, folder.member(member.number))
