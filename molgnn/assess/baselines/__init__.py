"""Baselines without a graph network, tuned on validation rows: random forest and LightGBM."""

from molgnn.assess.baselines.base import Baseline, Trees
from molgnn.assess.baselines.boosted_trees import BoostedTrees
from molgnn.assess.baselines.random_forest import RandomForest

BASELINE_FEATURES = ("morgan", "atom_pair", "torsion", "maccs", "rdkit2d")
"""Names in `molgnn.chem.descriptors.FEATURE_SETS` of what the baselines learn from."""

BASELINES: dict[str, type[Baseline]] = {"forest": RandomForest, "lightgbm": BoostedTrees}

__all__ = ["BASELINES", "BASELINE_FEATURES", "Baseline", "Trees"]
