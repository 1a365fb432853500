"""What a trainer is: it trains members of one kind, and finds them again in their folders."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from molgnn.experiments.folds import Member
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.fitting.distributed import Processes
from molgnn.fitting.transfer import StartingPoint
from molgnn.graph.presets.column import Preset
from molgnn.predictor.members.base import Member as TrainedMember
from molgnn.tasks import Tasks


class Trainer(ABC):
    """Trains the members of one entry of a recipe; it pickles.

    Parameters
    ----------
    config
        The settings of the whole training.
    settings
        Those that the entry has of its own.

    Attributes
    ----------
    kind
        The name of what it trains, as in a recipe and in ``bundle.json``.
    start
        Where its members start from; None where that is random weights, or they have none.

    Raises
    ------
    ConfigError, UnknownName
        If a setting cannot be used.
    """

    kind: ClassVar[str]
    start: StartingPoint | None = None

    @abstractmethod
    def __init__(self, config: TrainingConfig, settings: dict[str, Any]) -> None: ...

    @property
    @abstractmethod
    def short_name(self) -> str:
        """What a model of such members alone is called first: ``dmpnn``, ``lightgbm``."""

    @abstractmethod
    def describe(self) -> str:
        """Say in a few words how its members are trained, for the card."""

    @property
    @abstractmethod
    def feature_sets(self) -> tuple[str, ...]:
        """The molecule features that its members read."""

    @property
    def needs_this_process(self) -> bool:
        """Whether no other process can train its members, as what they are made of is only here."""
        return False

    def n_epochs(self, member: Member) -> int | None:
        """Return how many epochs a member is trained for at most; None for no epochs at all."""
        return None

    @abstractmethod
    def check(self, preset: Preset, tasks: Tasks) -> None:
        """Refuse settings that cannot be used, before anything long is done."""

    @abstractmethod
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
        """Train a member, and leave it in its folder.

        Parameters
        ----------
        member
            Its split and its seed.
        data
            The molecules, with the features that `feature_sets` names.
        preset
            How their atoms and bonds became codes.
        folder
            Where it is kept, and resumed from.
        processes
            Which processes share the work.
        resume
            Go on with what is in the folder.
        title
            Shows progress behind these words; none shows none.

        Returns
        -------
        bool
            Whether Ctrl-C or SIGTERM cut it short.
        """

    @abstractmethod
    def restore(
        self, member: Member, data: TrainingData, preset: Preset, folder: CheckpointFolder
    ) -> TrainedMember:
        """Return a member that was trained, as it is in its folder.

        Raises
        ------
        FileProblem, ConfigError
            If nothing that can be used was left there.
        """

    @abstractmethod
    def is_restorable(self, folder: CheckpointFolder) -> bool:
        """Say whether there is a member in a folder."""
