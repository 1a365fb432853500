"""Baseline: trees on molecule features, one model per task, in several settings to choose from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import csr_matrix

from molgnn.tasks import Task, TaskKind

Setting = Mapping[str, Any]
"""Names of parameters, those of the library, to their values."""

Train = Int[np.ndarray, " train"]
Valid = Int[np.ndarray, " valid"]
Mols = Int[np.ndarray, " some"]


class Trees(ABC):
    """The trees of one task."""

    @property
    @abstractmethod
    def n_trees(self) -> int:
        """How many they are."""

    @abstractmethod
    def finish(self) -> None:
        """Grow what was left out as long as settings were compared."""

    @abstractmethod
    def predict(self, mols: Mols) -> Float[np.ndarray, " some"]:
        """Return probabilities or values of molecules."""


class Baseline(ABC):
    """A kind of trees, and the molecules that they see; a new one is one line in `BASELINES`.

    Parameters
    ----------
    features
        Of all molecules; NaN is a missing value.
    train
        The molecules to learn from, ascending.
    valid
        Those by which trees may stop growing.

    Attributes
    ----------
    title
        What to call it in a text.
    settings
        For each kind of task those to choose from.
    """

    title: ClassVar[str]
    settings: ClassVar[Mapping[TaskKind, Sequence[Setting]]]

    def __init__(self, features: csr_matrix, train: Train, valid: Valid) -> None:
        self.features, self.train, self.valid = features, train, valid

    @abstractmethod
    def fit(
        self, task: Task, labels: Float[np.ndarray, " mols"], setting: Setting, seed: int
    ) -> Trees:
        """Fit the trees of a task with one thread; the same seed gives the same trees.

        Parameters
        ----------
        task
            Which it is.
        labels
            Of all molecules, NaN where not measured; those to learn from differ.
        setting
            One of `settings`.
        seed
            Of all that is drawn at random.
        """


def measured_among(mols: Mols, labels: Float[np.ndarray, " mols"]) -> Int[np.ndarray, " measured"]:
    """Return those of some molecules that have a label."""
    measured: Mols = mols[~np.isnan(labels[mols])]
    return measured
