"""A small encoder and a batch of drugs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from molgnn.fitting.data import Step
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.nn.config import NetworkConfig
from molgnn.nn.network import MoleculeEncoder, build_molecule_encoder

MakeStep = Callable[..., Step]


@pytest.fixture
def encoder() -> MoleculeEncoder:
    """Return an encoder of random weights, the same ones each time, without dropout."""
    options = {"hidden_dim": 16, "depth": 3, "dropout": 0.0}
    config = NetworkConfig(encoder="dmpnn", encoder_options=options)
    torch.manual_seed(0)
    return build_molecule_encoder(config, PRESETS["canonical"])


@pytest.fixture(scope="session")
def make_step(library: Path) -> MakeStep:
    """Return a function that makes a step of some drugs, a salt and an atom, with their targets."""
    with library.open(encoding="utf-8") as file:
        smiles = [row["smiles"] for row in csv.DictReader(file)][:30]
    molecules, _ = Featurizer("canonical")([*smiles, "[Na+].[Cl-]", "C"])

    def make(targets: np.ndarray | None = None) -> Step:
        given = np.empty((len(molecules), 0), np.float16) if targets is None else targets
        labels = torch.from_numpy(given)
        return Step(molecules.batch(), labels, labels)

    return make
