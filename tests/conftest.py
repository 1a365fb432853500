"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data sets, which is not part of the repository."""
    folder = Path(os.environ.get("MOLGNN_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real data sets are not at hand: set MOLGNN_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def library() -> Path:
    """Return the approved drugs that come with the repository."""
    return REPOSITORY / "data" / "approved_drugs.csv"


@pytest.fixture(scope="session")
def hostile_smi() -> Path:
    """Return the small file of everything that can be wrong with a line."""
    return REPOSITORY / "data" / "hostile.smi"
