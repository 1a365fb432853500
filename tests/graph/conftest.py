"""Molecules that the tests of graphs share."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

ORDINARY = (
    "CCO",
    "c1ccccc1C(=O)O",
    "CC(=O)Oc1ccccc1C(=O)O",
    "C[C@H](N)C(=O)O",
    "F/C=C/F",
    "F/C=C\\F",
    "C[C@@H]1CC[C@H](O)CC1",
    "C#N",
    "O=[N+]([O-])c1ccccc1",
    "CS(=O)(=O)Nc1ccc(Br)cc1I",
    "c1ccc2[nH]ccc2c1",
    "FS(F)(F)(F)(F)F",
    "O=P(O)(O)OP(=O)(O)O",
    "C1CC2CCC1C2",
)
RARE = (
    "C",
    "[Na+].[Cl-]",
    "[H]",
    "[H][H]",
    "[H+]",
    "[H]C",
    "[2H]C",
    "[13CH3]C",
    "[H]/C=C/[H]",
    "[H][C@](F)(Cl)Br",
    "[CH2]",
    "[O][O]",
    "C->[Fe]",
    "[Cl-]->[Fe+2]<-[Cl-]",
    "C$C",
    "C:C",
    "C=C=C",
    "[#6]",
    "C#[U]",
    "[U](F)(F)(F)(F)(F)F",
    "[C@SP1](F)(Cl)(Br)I",
    "[Pt@OH5](Cl)(Cl)(Br)(Br)(I)F",
    "[cH-]1cccc1",
    "[Fe+15]",
    "[Fe+200]",
    "[He+300]",
    "[Og]",
    "C%(100)CC%(100)",
    "[Fe]" + "(C)" * 300,
    "C" * 5_000,
    "C" + "(C" * 1_000 + ")" * 1_000,
    "C |^1:0|",
)
INVALID = (
    "",
    " ",
    "foo",
    "c1cccc1",
    "n1cccc1",
    "C(C)(C)(C)(C)C",
    "F[Cl](F)(F)(F)(F)F",
    "C1CC",
    "(C",
    "C)",
    "[Xx]",
    "C>>C",
    "*",
    "C[*]",
    "C[R1]",
    "C~C",
    "CCO name",
    "CC\nO",
    "CC\tO",
    "CC\0O",
    "CC\ud800",
    "CCé",
    "|$R$|",
    "C" * 5_001,
    "[" * 5_000,
    "(" * 5_000,
)


@pytest.fixture(scope="session")
def ordinary() -> list[str]:
    """Return a few everyday molecules."""
    return list(ORDINARY)


@pytest.fixture(scope="session")
def valid() -> list[str]:
    """Return everyday molecules and what is rare in any file."""
    return [*ORDINARY, *RARE]


@pytest.fixture(scope="session")
def invalid() -> list[str]:
    """Return texts that give no molecule."""
    return list(INVALID)


@pytest.fixture(scope="session")
def real_smiles(shared_data: Path) -> list[str]:
    """Return 20,000 SMILES, drug-like and messy ones in turn."""
    columns = [
        _smiles(shared_data / "libraries" / f"{name}.csv.gz", 10_000)
        for name in ("chembl_mix", "pcs100k")
    ]
    return [smiles for pair in zip(*columns, strict=True) for smiles in pair]


@pytest.fixture(params=["cpp", "rdkit"])
def backend(request: pytest.FixtureRequest) -> str:
    """Return the name of each backend that is installed."""
    if request.param == "cpp":
        pytest.importorskip("cuik_molmaker")
    return str(request.param)


def _smiles(path: Path, n_rows: int) -> list[str]:
    """Return *n_rows* cells that are spread evenly over the file."""
    with gzip.open(path, "rt", newline="") as file:
        cells = [row["smiles"] for row in csv.DictReader(file)]
    return cells[:: len(cells) // n_rows][:n_rows]
