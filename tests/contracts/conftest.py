"""The molecules that every registered part is tried on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore

UNUSUAL = ["C", "[Na+].[Cl-]", "[H][H]", "O=C=O", r"F/C=C\F", "C[C@H](N)C(=O)O", "CC(=O)O.[K]"]


@pytest.fixture(scope="session", params=["canonical", "chemprop"])
def featurizer(request: pytest.FixtureRequest) -> Featurizer:
    return Featurizer(request.param)


@pytest.fixture(scope="session")
def all_smiles(library: Path) -> list[str]:
    """Return unusual molecules between ordinary drugs."""
    with library.open(encoding="utf-8") as file:
        drugs = [row["smiles"] for row in csv.DictReader(file)][:12]
    return drugs[:6] + UNUSUAL + drugs[6:]


@pytest.fixture(scope="session")
def molecules(featurizer: Featurizer, all_smiles: list[str]) -> MoleculeStore:
    molecules, rejected = featurizer(all_smiles)
    assert not rejected
    return molecules
