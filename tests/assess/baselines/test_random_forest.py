from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from molgnn.assess.baselines.random_forest import N_TREES, N_TRIAL_TREES, RandomForest
from molgnn.chem.splits import Split
from molgnn.tasks import Task, TaskKind


def test_the_trees_of_a_trial_are_the_first_of_the_forest(
    features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    baseline = RandomForest(features, split.train, split.valid)
    setting = RandomForest.settings[TaskKind.CLASSIFICATION][0]
    trees = baseline.fit(Task("class"), labels[:, 0], setting, 0)
    assert trees.n_trees == N_TRIAL_TREES
    before = trees.predict(split.test)
    trees.finish()
    assert trees.n_trees == N_TREES
    assert np.abs(trees.predict(split.test) - before).max() < 1 - N_TRIAL_TREES / N_TREES


def test_a_rare_class_weighs_as_much_as_the_other(features: csr_matrix, split: Split) -> None:
    labels = np.zeros(features.shape[0])
    labels[::30] = 1.0  # at random: nothing to learn but how frequent it is
    setting = {"max_features": "log2", "min_samples_leaf": 30}
    trees = RandomForest(features, split.train, split.valid).fit(Task("class"), labels, setting, 0)
    assert 0.3 < trees.predict(split.test).mean() < 0.7
