"""Baselines without a graph network: random forest and LightGBM, one model per task."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Shaped
from scipy.sparse import csr_matrix

from molgnn.tasks import Task, Tasks

N_TREES = 500
N_BOOSTING_ROUNDS = 500


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
    features: Shaped[np.ndarray, "train features"] | csr_matrix,
    labels: Float[np.ndarray, "train tasks"],
    unseen: Shaped[np.ndarray, "test features"] | csr_matrix,
    *,
    seed: int = 0,
    n_trees: int = N_TREES,
) -> Grown:
    """Fit one forest per task on the labels that exist, and predict the unseen molecules.

    Parameters
    ----------
    tasks
        The columns of *labels*.
    features
        Of the molecules to learn from, without gaps.
    labels
        NaN where not measured.
    unseen
        The features of the molecules to predict.
    seed
        The same seed gives the same trees.
    n_trees
        How many trees vote.

    Returns
    -------
    Grown
        Probabilities and values; NaN throughout for a task with nothing measured, and the one
        class itself where only one was measured.
    """
    # Nine of ten counts are zero: trees grow on the others several times as fast.
    seen, others = (csr_matrix(rows, dtype=np.float32) for rows in (features, unseen))
    n_unseen = others.shape[0]
    grown = Grown(np.full((n_unseen, len(tasks)), np.nan), np.full(labels.shape, np.nan))
    for i, task in enumerate(tasks):
        measured = ~np.isnan(labels[:, i])
        truth = labels[measured, i]
        if not len(truth):
            continue
        if n_unseen == 0 or len(np.unique(truth)) == 1:
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


def boosted_trees(
    tasks: Tasks,
    features: Float[np.ndarray, "train features"] | csr_matrix,
    labels: Float[np.ndarray, "train tasks"],
    unseen: Float[np.ndarray, "test features"] | csr_matrix,
    *,
    seed: int = 0,
    n_rounds: int = N_BOOSTING_ROUNDS,
) -> Float[np.ndarray, "test tasks"]:
    """Fit LightGBM once per task on the labels that exist, and predict the unseen molecules.

    Parameters
    ----------
    tasks
        The columns of *labels*.
    features
        Of the molecules to learn from; NaN is a missing value.
    labels
        NaN where not measured.
    unseen
        The features of the molecules to predict.
    seed
        The same seed gives the same trees.
    n_rounds
        How many trees are fitted, each to what the trees before it leave unexplained.

    Returns
    -------
    array
        Probabilities and values; NaN throughout for a task with nothing measured, and the one
        class itself where only one was measured.
    """
    predictions = np.full((unseen.shape[0], len(tasks)), np.nan)
    for i, task in enumerate(tasks):
        measured = ~np.isnan(labels[:, i])
        truth = labels[measured, i]
        if not len(truth) or not len(predictions):
            continue
        if len(np.unique(truth)) == 1:
            predictions[:, i] = truth[0]
            continue
        trees = _boosted(task, seed, n_rounds).fit(features[measured], truth)
        is_class = task.is_classification
        predictions[:, i] = trees.predict_proba(unseen)[:, 1] if is_class else trees.predict(unseen)
    return predictions


def _boosted(task: Task, seed: int, n_rounds: int) -> Any:
    from lightgbm import LGBMClassifier, LGBMRegressor

    settings: dict[str, Any] = {
        "n_estimators": n_rounds, "learning_rate": 0.05, "num_leaves": 31, "colsample_bytree": 0.2,
        "subsample": 0.8, "subsample_freq": 1, "min_child_samples": 10, "random_state": seed,
        "deterministic": True, "force_col_wise": True, "verbose": -1,
        "n_jobs": 0,  # as many threads as OpenMP is told to use
    }  # fmt: skip
    return (LGBMClassifier if task.is_classification else LGBMRegressor)(**settings)


def _forest(task: Task, seed: int, n_trees: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    settings = {"min_samples_leaf": 2, "oob_score": True, "random_state": seed, "n_jobs": -1}
    if not task.is_classification:
        return RandomForestRegressor(n_trees, **settings)
    # Rare positives weigh as much as the negatives: of six settings the best on validation parts.
    return RandomForestClassifier(n_trees, class_weight="balanced_subsample", **settings)
