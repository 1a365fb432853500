from __future__ import annotations

from typing import Literal

import pytest

from benchmarks.targets import Target


@pytest.mark.parametrize(
    ("value", "kind", "outcome"),
    [
        (6, "≥", "exceeded"),
        (4, "≥", "met"),
        (2, "≥", "missed"),
        (2, "≤", "exceeded"),
        (4, "≤", "met"),
        (6, "≤", "missed"),
    ],
)
def test_a_target_is_missed_or_met_or_exceeded(
    value: float, kind: Literal["≥", "≤"], outcome: str
) -> None:
    required, desired = (3, 5) if kind == "≥" else (5, 3)
    assert Target("name", value, required, desired, kind, "x").outcome == outcome


def test_a_target_is_described_in_a_line() -> None:
    target = Target("GCN: times as fast", 2.345, 2, 4, "≥", "x")
    assert target.describe() == "GCN: times as fast: 2.35x (required ≥ 2x, desired ≥ 4x: met)"
    assert Target("difference", 2e-6, 1e-5, None, "≤").describe() == (
        "difference: 2e-06 (required ≤ 1e-05: met)"
    )
