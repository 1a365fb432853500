"""Molecules that feature sets are tried on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

UNUSUAL = [
    "C",
    "[Na+].[Cl-]",
    "[He]",
    "[H][H]",
    "[Fe]",
    "C[Hg]C",
    "[O-][n+]1ccccc1",
    "[cH-]1cccc1.[cH-]1cccc1.[Fe+2]",
    "O=[U]=O",
    "C[C@H](N)C(=O)O",
    r"N/C(=N\[H])c1ccccc1",
    "[2H]C([2H])[2H]",
    "B1OC1",
    "C" * 600,
]


@pytest.fixture(scope="session")
def drugs(library: Path) -> list[str]:
    with library.open(encoding="utf-8") as file:
        return [row["smiles"] for row in csv.DictReader(file)][:2000:40]


@pytest.fixture(scope="session")
def all_smiles(drugs: list[str]) -> list[str]:
    """Return unusual molecules and ordinary drugs."""
    return [*UNUSUAL, *drugs]
