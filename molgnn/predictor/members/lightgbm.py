"""Members that are boosted trees on molecule features: LightGBM, kept as its own text."""

from __future__ import annotations

import lzma
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from molgnn.errors import ConfigError
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.predictor.members.base import Member
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    from lightgbm import Booster


class BoostedTrees(Member):
    """Trees of LightGBM, of each task its own.

    Parameters
    ----------
    sets
        The feature sets that they read, in order.
    trees
        One per task; a number stands for a task that has nothing to tell molecules apart by, as
        where all that was measured is of one class: it is the output for every molecule.
    """

    kind: ClassVar[str] = "lightgbm"

    def __init__(self, sets: tuple[str, ...], trees: Sequence[Booster | float]) -> None:
        self._sets, self.trees = sets, tuple(trees)

    @property
    def feature_sets(self) -> tuple[str, ...]:
        """What the trees read."""
        return self._sets

    def predict(self, molecules: MoleculeStore) -> Float32[np.ndarray, "mols tasks"]:
        """Sum up what the trees say.

        Raises
        ------
        ConfigError
            If the molecules have no features, as graphs of DGL have none.
        """
        if molecules.features is None:
            raise ConfigError(
                f"expected molecules with the features {', '.join(self._sets)}, which this model "
                "reads, but got graphs alone; fix: give SMILES"
            )
        outputs = np.empty((len(molecules), len(self.trees)), dtype=np.float32)
        if not len(molecules):
            return outputs
        features = molecules.features.only(self._sets).to_csr()
        for i, trees in enumerate(self.trees):
            outputs[:, i] = (
                trees
                if isinstance(trees, float)
                else trees.predict(features, raw_score=True, num_threads=torch.get_num_threads())
            )
        return outputs

    def to_json(self) -> dict[str, Any]:
        """Return the feature sets with their versions, and the tasks without trees."""
        from molgnn.chem.descriptors.versions import versions_of

        constants = {str(i): each for i, each in enumerate(self.trees) if isinstance(each, float)}
        return {
            "features": versions_of(self._sets),
            "n_tasks": len(self.trees),
            "constants": constants,
        }

    def tensors(self) -> dict[str, Tensor]:
        """Return LightGBM's text of each task's trees, packed by LZMA, as bytes."""
        return {
            f"trees.{i}": torch.frombuffer(
                bytearray(lzma.compress(trees.model_to_string().encode(), preset=9)),
                dtype=torch.uint8,
            )
            for i, trees in enumerate(self.trees)
            if not isinstance(trees, float)
        }

    @classmethod
    def restore(
        cls, record: Mapping[str, Any], tensors: Mapping[str, Tensor], preset: Preset, tasks: Tasks
    ) -> BoostedTrees:
        """Let LightGBM read its text again."""
        from lightgbm import Booster

        from molgnn.chem.descriptors.versions import check_versions

        trees: list[Booster | float] = []
        for i in range(record["n_tasks"]):
            packed = tensors.get(f"trees.{i}")
            if packed is None:
                trees.append(float(record["constants"][str(i)]))
            else:
                trees.append(Booster(model_str=lzma.decompress(packed.numpy().tobytes()).decode()))
        return cls(check_versions(record["features"]), trees)
