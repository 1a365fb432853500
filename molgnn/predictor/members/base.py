"""What a member of a model is: it gives one output per molecule and task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float32
from torch import Tensor

from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.tasks import Tasks


class Member(ABC):
    """One of the models whose outputs are averaged: a network, or trees.

    Attributes
    ----------
    kind
        Its name in ``bundle.json``.
    """

    kind: ClassVar[str]

    @property
    @abstractmethod
    def feature_sets(self) -> tuple[str, ...]:
        """The molecule features that it reads, names in `FEATURE_SETS`; none for a graph alone."""

    @abstractmethod
    def predict(self, molecules: MoleculeStore) -> Float32[np.ndarray, "mols tasks"]:
        """Return logits of classifications and values of regressions.

        A molecule's depend on it alone. The *molecules* come with the features that are read.
        """

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Return what stands in ``bundle.json``, besides the kind."""

    @abstractmethod
    def tensors(self) -> dict[str, Tensor]:
        """Return what stands in ``weights.safetensors``."""

    @classmethod
    @abstractmethod
    def restore(
        cls, record: Mapping[str, Any], tensors: Mapping[str, Tensor], preset: Preset, tasks: Tasks
    ) -> Member:
        """Rebuild what `to_json` and `tensors` gave."""
