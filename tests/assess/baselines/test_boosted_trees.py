from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from molgnn.assess.baselines.boosted_trees import MAX_TREES, N_UNVALIDATED, BoostedTrees
from molgnn.chem.splits import Split
from molgnn.tasks import Task, TaskKind

SETTING = BoostedTrees.settings[TaskKind.CLASSIFICATION][0]


def test_trees_that_do_not_help_on_validation_molecules_are_not_used(
    features: csr_matrix, split: Split
) -> None:
    noise = np.random.default_rng(1).integers(0, 2, features.shape[0]).astype(float)
    baseline = BoostedTrees(features, split.train, split.valid)
    assert baseline.fit(Task("noise"), noise, SETTING, 0).n_trees < MAX_TREES / 4


def test_where_no_validation_molecule_is_measured_the_number_of_trees_is_fixed(
    features: csr_matrix, labels: np.ndarray, split: Split
) -> None:
    labels[split.valid] = np.nan
    baseline = BoostedTrees(features, split.train, split.valid)
    assert baseline.fit(Task("class"), labels[:, 0], SETTING, 0).n_trees == N_UNVALIDATED
