"""Train members that are boosted trees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import safetensors.torch

from molgnn.chem.descriptors.registry import check_sets
from molgnn.errors import FileProblem
from molgnn.experiments.folds import Member
from molgnn.experiments.trainers.base import Trainer
from molgnn.files import temporary_path
from molgnn.fitting.boosting import BoostingConfig, fit_trees
from molgnn.fitting.callbacks import Interrupted, interruptible
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.fitting.distributed import Processes
from molgnn.fitting.members import LIGHTGBM
from molgnn.graph.presets.column import Preset
from molgnn.predictor.members.lightgbm import BoostedTrees
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    from lightgbm import Booster

TREES, RECORD = "trees.safetensors", "trees.json"
"""The files of a member that is done, in its folder; the record is written last."""


class LightGBMTrainer(Trainer):
    """Trains LightGBM on the training part, task by task."""

    kind: ClassVar[str] = LIGHTGBM

    def __init__(self, config: TrainingConfig, settings: dict[str, Any]) -> None:
        self.config = BoostingConfig.build(**settings)
        check_sets(self.config.molecule_features)

    @property
    def short_name(self) -> str:
        """Return the library's name."""
        return LIGHTGBM

    def describe(self) -> str:
        """Name the trees and what they read."""
        return f"{LIGHTGBM}, {self.config.n_trees} trees on {', '.join(self.feature_sets)}"

    @property
    def feature_sets(self) -> tuple[str, ...]:
        """What the trees read."""
        return self.config.molecule_features

    def check(self, preset: Preset, tasks: Tasks) -> None:
        """Do nothing: all was checked before."""

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
        """Grow the trees of all tasks; what was cut short is begun again."""
        if not processes.is_first or (resume and self.is_restorable(folder)):
            return False
        trees: list[Booster | float] = []
        features = _features_of(data, self.feature_sets)[member.split.train]
        try:
            with interruptible():
                for i, task in enumerate(data.tasks):
                    labels = data.labels[member.split.train, i]
                    trees.append(fit_trees(task, features, labels, self.config, seed=member.seed))
        except Interrupted:
            return True
        folder.prepare()
        grown = BoostedTrees(self.feature_sets, trees)
        with temporary_path(folder.root / TREES) as path:
            path.write_bytes(safetensors.torch.save(grown.tensors()))
        with temporary_path(folder.root / RECORD) as path:
            path.write_text(json.dumps(grown.to_json()), encoding="utf-8")
        return False

    def restore(
        self, member: Member, data: TrainingData, preset: Preset, folder: CheckpointFolder
    ) -> BoostedTrees:
        """Read the trees."""
        if not self.is_restorable(folder):
            raise FileProblem(
                f"training stopped before the trees of all tasks were grown, so {folder.root} "
                "holds no model; fix: resume=… goes on"
            )
        record = json.loads((folder.root / RECORD).read_text(encoding="utf-8"))
        tensors = safetensors.torch.load((folder.root / TREES).read_bytes())
        return BoostedTrees.restore(record, tensors, preset, data.tasks)

    def is_restorable(self, folder: CheckpointFolder) -> bool:
        """Say whether the trees of all tasks are there."""
        return (folder.root / RECORD).exists()


def _features_of(data: TrainingData, sets: tuple[str, ...]) -> Any:
    features = data.molecules.features
    if features is None:
        raise AssertionError("the molecules come with the features that a trainer names")
    return features.only(sets).to_csr()
