"""The benchmarks are a folder of scripts beside the package, found from the repository's root."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.append(str(Path(__file__).resolve().parents[2]))

from benchmarks.datasets import Case

HYDRIDE = "[H][H-][B-]1([H-][H])[n+]2ccccc2-c2cccc[n+]21"
"""RDKit parses it, but no clean-up makes a molecule of it."""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with one tiny data set, two of whose rows give no molecule."""
    folder = tmp_path / "data"
    for name in ("datasets", "splits"):
        (folder / name).mkdir(parents=True)
    smiles = ["C", "not a molecule", "CC", "CO", HYDRIDE]
    table = {"smiles": smiles, "logp": [1.0, 2.0, 3.0, 4.0, 5.0]}
    pd.DataFrame(table).to_csv(folder / "datasets" / "delaney.csv", index=False)
    parts = {"CO": "test", "CC": "test", "C": "test", "not a molecule": "train", HYDRIDE: "test"}
    splits = {"smiles": list(parts), "scaffold0": list(parts.values())}
    pd.DataFrame(splits).to_csv(folder / "splits" / "kpgt_esol.csv.gz", index=False)
    monkeypatch.setenv("MOLGNN_DATA", str(folder))
    return folder


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return a data set of four molecules, two tasks and three parts."""
    parts = ["train", "train", "valid", "test"]
    table = {"smiles": ["C", "CC", "CO", "CN"], "A": [0, 1, 0, 1], "B": [1, 0, 1, 0], "part": parts}
    path = tmp_path / "case.csv"
    pd.DataFrame(table).to_csv(path, index=False)
    return Case("tox21", "kpgt0", path)
