"""Random forest baseline: scikit-learn's, whose trees vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Float32, Int
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

N_TREES = 100
N_TRIAL_TREES = 20
"""So many trees of each setting are grown to compare them."""
MAX_MOLS_PER_TREE = 3_000
"""With more, trees take longer, and the forest is no better."""


class RandomForest(Baseline):
    """One forest per task; both classes weigh the same, which is worth 0.02 of ROC-AUC on Tox21.

    References
    ----------
    L. Breiman, Random forests, Machine Learning 45, 5 (2001).
    """

    title: ClassVar[str] = "random forest"
    settings: ClassVar[Mapping[TaskKind, Sequence[Setting]]] = {
        TaskKind.CLASSIFICATION: (
            {"max_features": "log2", "min_samples_leaf": 1},
            {"max_features": "log2", "min_samples_leaf": 5},
        ),
        TaskKind.REGRESSION: (
            {"max_features": 0.3, "min_samples_leaf": 1},
            {"max_features": "sqrt", "min_samples_leaf": 1},
        ),
    }

    def __init__(self, features: csr_matrix, train: Train, valid: Valid) -> None:
        super().__init__(features, train, valid)
        # Trees grow faster on it than on a sparse matrix.
        self._array = features.astype(np.float32).toarray()

    def fit(
        self, task: Task, labels: Float[np.ndarray, " mols"], setting: Setting, seed: int
    ) -> Trees:
        """Grow the first trees of a forest, enough to compare settings."""
        learned = measured_among(self.train, labels)
        forest = _make_forest(task, setting, seed, len(learned))
        grown = _Forest(forest, self._array, learned, labels[learned].astype(float))
        grown.grow(N_TRIAL_TREES)
        return grown


class _Forest(Trees):
    def __init__(
        self,
        forest: Any,
        features: Float32[np.ndarray, "mols features"],
        learned: Int[np.ndarray, " learned"],
        truth: Float[np.ndarray, " learned"],
    ) -> None:
        self._forest, self._features, self._learned, self._truth = forest, features, learned, truth

    @property
    def n_trees(self) -> int:
        return int(self._forest.n_estimators)

    def grow(self, n_trees: int) -> None:
        """Add trees until there are so many."""
        from sklearn.utils.class_weight import compute_sample_weight

        is_class = hasattr(self._forest, "predict_proba")
        weights = compute_sample_weight("balanced", self._truth) if is_class else None
        self._forest.set_params(n_estimators=n_trees)
        self._forest.fit(self._features[self._learned], self._truth, sample_weight=weights)

    def finish(self) -> None:
        if self.n_trees < N_TREES:
            self.grow(N_TREES)

    def predict(self, mols: Mols) -> Float[np.ndarray, " some"]:
        if not len(mols):
            return np.zeros(0)
        seen, forest = self._features[mols], self._forest
        predictions: Float[np.ndarray, " some"] = (
            forest.predict_proba(seen)[:, 1]
            if hasattr(forest, "predict_proba")
            else forest.predict(seen)
        )
        return predictions


def _make_forest(task: Task, setting: Setting, seed: int, n_learned: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if task.is_classification else RandomForestRegressor
    return kind(
        **setting,
        max_samples=min(1.0, MAX_MOLS_PER_TREE / n_learned),
        random_state=seed,
        n_jobs=1,
        warm_start=True,
    )
