"""The model that every figure is compared with: a random forest on ECFP4 counts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Shaped
from scipy.sparse import csr_matrix

from molgnn.tasks import Task, Tasks

N_TREES = 500


class Grown(NamedTuple):
    """What a forest says.

    Parameters
    ----------
    unseen
        Of the molecules that it has not seen.
    out_of_bag
        Of each molecule that it has seen, by the trees that have not.
    """

    unseen: Float[np.ndarray, "test tasks"]
    out_of_bag: Float[np.ndarray, "train tasks"]


def random_forest(
    tasks: Tasks,
    fingerprints: Shaped[np.ndarray, "train bits"],
    labels: Float[np.ndarray, "train tasks"],
    unseen: Shaped[np.ndarray, "test bits"],
    *,
    seed: int = 0,
    n_trees: int = N_TREES,
) -> Grown:
    """Fit one forest per task on the labels that exist, and predict the unseen molecules.

    Returns
    -------
    Grown
        Probabilities and values; NaN throughout for a task with nothing measured, and the one
        class itself where only one was measured.
    """
    # Nine of ten counts are zero: trees grow on the others several times as fast.
    seen, others = (csr_matrix(rows, dtype=np.float32) for rows in (fingerprints, unseen))
    grown = Grown(np.full((len(unseen), len(tasks)), np.nan), np.full(labels.shape, np.nan))
    for i, task in enumerate(tasks):
        measured = ~np.isnan(labels[:, i])
        truth = labels[measured, i]
        if not len(truth):
            continue
        if len(unseen) == 0 or len(np.unique(truth)) == 1:
            grown.unseen[:, i] = grown.out_of_bag[measured, i] = truth[0]
            continue
        forest = _forest(task, seed, n_trees).fit(seen[measured], truth)
        if task.is_classification:
            grown.unseen[:, i] = forest.predict_proba(others)[:, 1]
            grown.out_of_bag[measured, i] = forest.oob_decision_function_[:, 1]
        else:
            grown.unseen[:, i] = forest.predict(others)
            grown.out_of_bag[measured, i] = forest.oob_prediction_
    return grown


def _forest(task: Task, seed: int, n_trees: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    settings = {"min_samples_leaf": 2, "oob_score": True, "random_state": seed, "n_jobs": -1}
    if not task.is_classification:
        return RandomForestRegressor(n_trees, **settings)
    # Rare positives weigh as much as the negatives: of six settings the best on validation parts.
    return RandomForestClassifier(n_trees, class_weight="balanced_subsample", **settings)
