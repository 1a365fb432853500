"""Random forest and LightGBM on fingerprints and descriptors, one model per task."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rdkit import Chem
from rdkit.Chem import Descriptors, rdFingerprintGenerator, rdMolDescriptors

from molgnn.assess.baseline import random_forest
from molgnn.chem.fingerprints import ecfp4_counts
from molgnn.chem.tables import LabelledTable, read_table


def describe(smiles: list[str]) -> np.ndarray:
    """Return Morgan and atom-pair counts, MACCS keys and RDKit's 2D descriptors, side by side."""
    morgan = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    pairs = rdFingerprintGenerator.GetAtomPairGenerator(fpSize=2048)
    rows = []
    for mol in map(Chem.MolFromSmiles, smiles):
        counts = [generator.GetCountFingerprintAsNumPy(mol) for generator in (morgan, pairs)]
        keys = np.array(rdMolDescriptors.GetMACCSKeysFingerprint(mol))
        values = np.array([function(mol) for _, function in Descriptors.descList])
        rows.append(np.concatenate([*counts, keys, values.clip(-1e6, 1e6)]))
    return np.stack(rows).astype(np.float32)


def boost(table: LabelledTable, seen: np.ndarray, unseen: np.ndarray, seed: int) -> np.ndarray:
    """Fit LightGBM on each task's measured labels, and predict the unseen rows."""
    from lightgbm import LGBMClassifier, LGBMRegressor

    features = describe(table.smiles)
    predictions = np.full((int(unseen.sum()), len(table.tasks)), np.nan)
    settings: dict[str, Any] = {
        "n_estimators": 500, "learning_rate": 0.05, "num_leaves": 31, "colsample_bytree": 0.2,
        "subsample": 0.8, "subsample_freq": 1, "min_child_samples": 10, "random_state": seed,
        "deterministic": True, "force_col_wise": True, "verbose": -1,
    }  # fmt: skip
    for i, task in enumerate(table.tasks):
        labels = table.labels[:, i]
        used = seen & ~np.isnan(labels)
        if task.is_classification:
            model = LGBMClassifier(**settings).fit(features[used], labels[used])
            predictions[:, i] = np.asarray(model.predict_proba(features[unseen]))[:, 1]
        else:
            model = LGBMRegressor(**settings).fit(features[used], labels[used])
            predictions[:, i] = model.predict(features[unseen])
    return predictions


def main() -> None:
    """Train on all rows but the test rows, and write what is predicted for these."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=["forest", "lightgbm"])
    parser.add_argument("table", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    table = read_table(arguments.table, smiles_column="smiles", split_column="part")
    unseen = np.array(table.split_values) == "test"
    if arguments.model == "forest":
        counts = ecfp4_counts(table.smiles)
        seen = counts[~unseen], table.labels[~unseen]
        predictions = random_forest(table.tasks, *seen, counts[unseen], seed=arguments.seed).unseen
    else:
        predictions = boost(table, ~unseen, unseen, arguments.seed)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(predictions, columns=table.tasks.names)
    frame.to_csv(arguments.folder / "test_predictions.csv", index=False)


if __name__ == "__main__":
    main()
