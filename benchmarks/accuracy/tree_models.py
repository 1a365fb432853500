"""Train a random forest or LightGBM on a table, and write its predictions of the test rows."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from molgnn import read_table
from molgnn.assess.baseline import boosted_trees, random_forest
from molgnn.chem.descriptors import compute_features

FEATURES = {
    "forest": ["ecfp4"],
    "lightgbm": ["ecfp4", "atom_pair", "maccs", "rdkit2d"],
}
TRAIN = {
    "forest": lambda *data, seed: random_forest(*data, seed=seed).unseen,
    "lightgbm": boosted_trees,
}


def main() -> None:
    """Train on all rows but the test rows, and write what is predicted for these."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=list(FEATURES))
    parser.add_argument("table", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    table = read_table(arguments.table, smiles_column="smiles", split_column="part")
    is_test = np.array(table.split_values) == "test"
    features = compute_features(table.smiles, FEATURES[arguments.model]).to_csr()
    seen = features[~is_test], table.labels[~is_test]
    predictions = TRAIN[arguments.model](table.tasks, *seen, features[is_test], seed=arguments.seed)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(predictions, columns=table.tasks.names)
    frame.to_csv(arguments.folder / "test_predictions.csv", index=False)


if __name__ == "__main__":
    main()
