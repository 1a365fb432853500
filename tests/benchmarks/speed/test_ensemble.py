from __future__ import annotations

import pytest

from benchmarks.processes import Run
from benchmarks.speed.ensemble import IN_TURN, SIDE_BY_SIDE, to_table, total


def test_trainings_in_turn_cost_their_sum_and_the_memory_of_the_largest() -> None:
    assert total([Run(10.0, 18.0, 5), Run(20.0, 30.0, 7)]) == Run(30.0, 48.0, 7)


@pytest.mark.parametrize(("seconds", "outcome"), [(70.0, "met"), (80.0, "missed")])
def test_an_ensemble_is_held_against_its_networks_in_turn(seconds: float, outcome: str) -> None:
    runs = {IN_TURN: [Run(100.0, 150.0, 10**9)], SIDE_BY_SIDE: [Run(seconds, 140.0, 2 * 10**9)]}
    table = to_table(
        {
            "date": "today",
            "machine": {"cpu": "any", "cores": 2},
            "case": "tox21/kpgt0",
            "members": 4,
            "epochs": 30,
            "runs": {way: [each.to_json() for each in made] for way, made in runs.items()},
        }
    )
    assert table.rows[1] == [SIDE_BY_SIDE, *[f"{seconds:.1f}"] * 3, "140.0", "2.00"]
    assert table.notes[-1].endswith(f"{seconds / 100:.3g} (required ≤ 0.75: {outcome})")
