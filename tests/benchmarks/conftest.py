"""The benchmarks lie outside the package."""

from __future__ import annotations

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def benchmarks_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks are scripts, no package: they import their neighbours."""
    monkeypatch.syspath_prepend(BENCHMARKS)
