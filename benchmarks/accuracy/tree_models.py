"""Train a random forest or LightGBM on a table, and write its predictions of the test rows."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from rdkit import Chem
from rdkit.Chem import Descriptors, rdFingerprintGenerator, rdMolDescriptors

from molgnn import read_table
from molgnn.assess.baseline import boosted_trees, random_forest
from molgnn.chem.fingerprints import ecfp4_counts


def fingerprints_and_descriptors(smiles: list[str]) -> np.ndarray:
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


def main() -> None:
    """Train on all rows but the test rows, and write what is predicted for these."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=["forest", "lightgbm"])
    parser.add_argument("table", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    table = read_table(arguments.table, smiles_column="smiles", split_column="part")
    is_test = np.array(table.split_values) == "test"
    if arguments.model == "forest":
        features = ecfp4_counts(table.smiles)
        seen = features[~is_test], table.labels[~is_test]
        grown = random_forest(table.tasks, *seen, features[is_test], seed=arguments.seed)
        predictions = grown.unseen
    else:
        features = fingerprints_and_descriptors(table.smiles)
        seen = features[~is_test], table.labels[~is_test]
        predictions = boosted_trees(table.tasks, *seen, features[is_test], seed=arguments.seed)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(predictions, columns=table.tasks.names)
    frame.to_csv(arguments.folder / "test_predictions.csv", index=False)


if __name__ == "__main__":
    main()
