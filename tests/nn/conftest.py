"""Real molecules, featurized once."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from molgnn.graph.batch import GraphBatch
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore


@pytest.fixture(scope="session")
def drugs(library: Path) -> list[str]:
    """Return the SMILES of 250 drugs from all over the library, and a salt without a bond."""
    with library.open(encoding="utf-8") as file:
        smiles = [row["smiles"] for row in csv.DictReader(file)]
    return [*smiles[::10][:250], "[Na+].[Cl-]"]


@pytest.fixture(scope="session")
def preset() -> Preset:
    return Featurizer("canonical").preset


@pytest.fixture(scope="session")
def molecules(drugs: list[str]) -> MoleculeStore:
    molecules, rejected = Featurizer("canonical")(drugs)
    assert not rejected
    return molecules


@pytest.fixture(scope="session")
def batch(molecules: MoleculeStore) -> GraphBatch:
    """Return a few drugs and the salt."""
    return molecules.batch([*range(12), -1])
