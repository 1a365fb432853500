"""The model that every figure is compared with: a random forest on ECFP4 counts."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Shaped

from molgnn.tasks import Tasks

N_TREES = 500


def random_forest(
    tasks: Tasks,
    fingerprints: Shaped[np.ndarray, "train bits"],
    labels: Float[np.ndarray, "train tasks"],
    unseen: Shaped[np.ndarray, "test bits"],
    *,
    seed: int = 0,
) -> Float[np.ndarray, "test tasks"]:
    """Fit one forest per task on the labels that exist, and predict the unseen molecules.

    Returns
    -------
    array
        Probabilities and values; NaN throughout for a task with nothing measured, and the one
        class itself where only one was measured.
    """
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    predictions = np.full((len(unseen), len(tasks)), np.nan)
    for i, task in enumerate(tasks):
        measured = ~np.isnan(labels[:, i])
        if not measured.any():
            continue
        forest_class = RandomForestClassifier if task.is_classification else RandomForestRegressor
        forest = forest_class(N_TREES, min_samples_leaf=2, random_state=seed, n_jobs=-1)
        forest.fit(fingerprints[measured], labels[measured, i])
        if not task.is_classification:
            predictions[:, i] = forest.predict(unseen)
        elif len(forest.classes_) == 1:
            predictions[:, i] = forest.classes_[0]
        else:
            predictions[:, i] = forest.predict_proba(unseen)[:, 1]
    return predictions
