"""A small real table with gaps, and settings that train on it in a second or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from molgnn.nn.config import NetworkConfig
from molgnn.training.config import TrainingConfig

N_ROWS = 80


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Path:
    """Return a file of drugs with a classification and a regression, a third of it not measured."""
    smiles = pd.read_csv(library)["smiles"].dropna().iloc[:N_ROWS]
    frame = pd.DataFrame({"smiles": smiles})
    frame["has_nitrogen"] = smiles.str.contains("[Nn]").astype(float)
    frame["length"] = smiles.str.len().astype(float)
    gaps = np.random.default_rng(0).random((N_ROWS, 2)) < 1 / 3
    frame[["has_nitrogen", "length"]] = frame[["has_nitrogen", "length"]].mask(gaps)
    frame.loc[frame.index[7], "smiles"] = "c1cccc1"
    path = tmp_path_factory.mktemp("tables") / "drugs.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def config() -> TrainingConfig:
    """Return settings of a small network and four epochs."""
    network = NetworkConfig(encoder="dmpnn", encoder_options={"hidden_dim": 16, "dropout": 0.2})
    return TrainingConfig(network=network, split="random", epochs=4, batch_size=16, seed=3)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the forests of the reports be quick."""
    monkeypatch.setattr("molgnn.training.account.N_TREES", 50)
