"""What all of these tests share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _small_forests(small_forests: None) -> None:
    """Let the reports of the trainings here be quick."""
