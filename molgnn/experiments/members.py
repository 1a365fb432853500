"""Train the members of a model, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence
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
    """The members that have come to an end.

    Parameters
    ----------
    members
        What they were trained on.
    models
        What they are now: a network is that of its best epoch.
    weights
        What each counts for.
    interrupted
        Whether the last of them, or one behind it, was cut short.
    """

    members: list[Member]
    models: list[TrainedMember]
    weights: list[float]
    interrupted: bool

    def split_of(self, fold: int) -> Split:
        """Return the split of a fold."""
        return next(member.split for member in self.members if member.fold == fold)


def train_members(
    members: Sequence[Member],
    context: MemberContext,
    folder: RunFolder,
    *,
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
    done: list[Member] = []
    interrupted = False
    for member in members:
        counted = f" {member.number + 1} of {len(members)}" if len(members) > 1 else ""
        title = f"training{counted}" if progress and processes.is_first else None
        interrupted = train_member(
            member, context, folder, processes=processes, resume=resume, title=title
        )
        place = folder.member(member.number)
        is_lost = interrupted and not context.parts[member.part].trainer.is_restorable(place)
        if not (is_lost and done):
            done.append(member)
        if interrupted:
            break
    if not processes.is_first:
        return Trained([], [], [], interrupted)
    models = [restore_member(member, context, folder) for member in done]
    return Trained(
        done, models, [context.parts[member.part].weight for member in done], interrupted
    )


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
