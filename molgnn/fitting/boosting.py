"""Boosted trees on molecule features: LightGBM with one model per task, where labels may miss."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float
from pydantic import Field
from scipy.sparse import csr_matrix

from molgnn.fitting.settings_record import SettingsRecord
from molgnn.nn.config import Words
from molgnn.tasks import Task

if TYPE_CHECKING:
    from lightgbm import Booster


class BoostingConfig(SettingsRecord):
    """Settings of members that are boosted trees."""

    molecule_features: Words = Field(
        ("morgan", "atom_pair", "torsion", "maccs", "rdkit2d"),
        description="Feature sets that the trees read",
    )
    n_trees: int = Field(400, ge=1, description="Trees of each task")
    learning_rate: float = Field(0.03, gt=0, le=1, description="What each tree counts for")
    num_leaves: int = Field(31, ge=2, description="Most leaves of a tree")
    min_child_samples: int = Field(10, ge=1, description="Fewest molecules of a leaf")
    feature_fraction: float = Field(
        0.1, gt=0, le=1, description="Share of the features that each tree may split by"
    )
    bagging_fraction: float = Field(
        0.8, gt=0, le=1, description="Share of the molecules that each tree learns from"
    )
    lambda_l2: float = Field(0.0, ge=0, description="L2 regularization of the leaves' values")

    def parameters(self, task: Task, seed: int) -> dict[str, Any]:
        """Return them in LightGBM's words; the same seed gives the same trees."""
        return {
            "objective": "binary" if task.is_classification else "regression",
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_child_samples": self.min_child_samples,
            "feature_fraction": self.feature_fraction,
            "bagging_fraction": self.bagging_fraction,
            "bagging_freq": 1 if self.bagging_fraction < 1 else 0,
            "lambda_l2": self.lambda_l2,
            "seed": seed,
            "deterministic": True,
            "force_col_wise": True,
            "verbose": -1,
        }


def fit_trees(
    task: Task,
    features: csr_matrix,
    labels: Float[np.ndarray, " mols"],
    config: BoostingConfig,
    *,
    seed: int,
    n_threads: int = 0,
) -> Booster | float:
    """Fit the trees of a task to the labels that were measured.

    Parameters
    ----------
    task
        Which it is.
    features
        Of the molecules to learn from; NaN is a missing value.
    labels
        NaN where not measured.
    config
        The settings.
    seed
        The same seed gives the same trees, whatever the number of threads.
    n_threads
        How many threads LightGBM takes; 0 for as many as OpenMP is told to.

    Returns
    -------
    Booster or float
        The trees; or, where the labels are all the same or there are none, the output for every
        molecule: a value, or the logit of the share of positives among them and two more
        molecules, one of either class.
    """
    from lightgbm import Dataset, train

    measured = ~np.isnan(labels)
    truth = labels[measured].astype(float)
    if len(np.unique(truth)) < 2:
        return _constant(task, truth)
    parameters = config.parameters(task, seed) | {"num_threads": n_threads}
    dataset = Dataset(features[measured], truth, params=parameters)
    return train(parameters, dataset, num_boost_round=config.n_trees)


def _constant(task: Task, truth: Float[np.ndarray, " measured"]) -> float:
    if task.is_classification:
        n_positives = float(truth.sum())
        return math.log((n_positives + 1) / (len(truth) - n_positives + 1))
    return float(truth.mean()) if len(truth) else 0.0
