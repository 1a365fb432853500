"""Tune a random forest or LightGBM on a table, and write its predictions of the test rows."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from molgnn import read_table
from molgnn.assess.baselines import BASELINE_FEATURES, BASELINES
from molgnn.assess.baselines.tuned import fit_baseline
from molgnn.chem.descriptors import compute_features
from molgnn.chem.splits import PARTS, Split
from molgnn.processes.cores import usable_cores


def main() -> None:
    """Fit to the training rows, tune on the validation rows, and write what the test rows get."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=list(BASELINES))
    parser.add_argument("table", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    table = read_table(arguments.table, smiles_column="smiles", split_column="part")
    parts = np.array(table.split_values)
    split = Split(*(np.flatnonzero(parts == part) for part in PARTS))
    features = compute_features(table.smiles, BASELINE_FEATURES, n_processes=usable_cores())
    found = fit_baseline(
        arguments.model,
        table.tasks,
        features.to_csr(),
        table.labels.astype(float),
        split,
        seed=arguments.seed,
    )
    arguments.folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(found.values[split.test], columns=table.tasks.names)
    frame.to_csv(arguments.folder / "test_predictions.csv", index=False)


if __name__ == "__main__":
    main()
