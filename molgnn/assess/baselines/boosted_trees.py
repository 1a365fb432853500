"""LightGBM baseline: boosted trees, each fitted to what the trees before it leave unexplained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_matrix

from molgnn.assess.baselines.base import (
    Baseline,
    Mols,
    Setting,
    Train,
    Trees,
    Valid,
    measured_among,
)
from molgnn.tasks import Task, TaskKind

MAX_TREES = 400
PATIENCE = 30
"""So many trees in a row that do not help on the validation molecules are the last ones."""
N_UNVALIDATED = 100
"""How many trees grow where no validation molecule is measured."""
MIN_FEATURES_PER_TREE = 40

PARAMETERS: dict[str, Any] = {
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "min_child_samples": 10,
    "max_bin": 63,
    # Joining columns that exclude each other makes trees on a twentieth of the columns slower.
    "enable_bundle": False,
    "is_enable_sparse": False,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}


class BoostedTrees(Baseline):
    """One LightGBM model per task, with as many trees as help on the validation molecules.

    References
    ----------
    G. Ke et al., LightGBM: a highly efficient gradient boosting decision tree, NeurIPS (2017).
    """

    title: ClassVar[str] = "LightGBM"
    settings: ClassVar[Mapping[TaskKind, Sequence[Setting]]] = {
        TaskKind.CLASSIFICATION: (
            {"learning_rate": 0.1, "num_leaves": 15, "lambda_l2": 10, "feature_fraction": 0.05},
            {"learning_rate": 0.1, "num_leaves": 31, "lambda_l2": 3, "feature_fraction": 0.05},
        ),
        TaskKind.REGRESSION: (
            {"learning_rate": 0.05, "num_leaves": 15, "lambda_l2": 3, "feature_fraction": 0.2},
            {"learning_rate": 0.05, "num_leaves": 31, "lambda_l2": 0, "feature_fraction": 0.2},
        ),
    }

    def __init__(self, features: csr_matrix, train: Train, valid: Valid) -> None:
        super().__init__(features, train, valid)
        self._learned = _bin(features[train])
        self._checked = _bin(features[valid], reference=self._learned) if len(valid) else None

    def fit(
        self, task: Task, labels: Float[np.ndarray, " mols"], setting: Setting, seed: int
    ) -> Trees:
        """Add trees as long as they help on the validation molecules."""
        from lightgbm import early_stopping, train

        share = max(setting["feature_fraction"], MIN_FEATURES_PER_TREE / self.features.shape[1])
        parameters = {
            **PARAMETERS,
            **setting,
            "feature_fraction": min(1.0, share),
            "objective": "binary" if task.is_classification else "regression",
            "seed": seed,
        }
        is_checked = len(measured_among(self.valid, labels)) > 0
        booster = train(
            parameters,
            _label(self._learned, labels[self.train]),
            MAX_TREES if is_checked else N_UNVALIDATED,
            valid_sets=[_label(self._checked, labels[self.valid])] if is_checked else [],
            callbacks=[early_stopping(PATIENCE, verbose=False)] if is_checked else [],
        )
        return _Boosted(booster, self.features)


class _Boosted(Trees):
    def __init__(self, booster: Any, features: csr_matrix) -> None:
        self._booster, self._features = booster, features

    @property
    def n_trees(self) -> int:
        return int(self._booster.best_iteration or self._booster.current_iteration())

    def finish(self) -> None:
        """Do nothing: all trees that help are there."""

    def predict(self, mols: Mols) -> Float[np.ndarray, " some"]:
        if not len(mols):
            return np.zeros(0)
        predictions: Float[np.ndarray, " some"] = self._booster.predict(
            self._features[mols], num_iteration=self.n_trees, num_threads=1
        )
        return predictions


def _bin(features: csr_matrix, reference: Any = None) -> Any:
    """Sort values into bins, once for all tasks and settings."""
    from lightgbm import Dataset

    unlabelled = np.zeros(features.shape[0])
    return Dataset(features, unlabelled, reference=reference, params=PARAMETERS).construct()


def _label(binned: Any, labels: Float[np.ndarray, " mols"]) -> Any:
    """Return the molecules that have a label, with it."""
    measured = np.flatnonzero(~np.isnan(labels))
    dataset = binned.subset(measured).construct()
    dataset.set_label(labels[measured].astype(float))
    return dataset
