from __future__ import annotations

from benchmarks.speed.screening_steps import overhead_targets, to_table


def test_overhead_is_the_share_of_the_median_wall_time_that_is_not_the_engines() -> None:
    seconds = {"gcn.tox21": {"screen": [10.0, 8.0, 50.0], "engine": [9.0, 9.4, 9.5]}}
    [target] = overhead_targets(seconds)
    assert round(target.value, 6) == 6.0
    assert target.outcome == "met"


def test_all_steps_are_added_up_but_for_the_parts_of_a_step() -> None:
    steps = {"gcn.tox21": {"reading": 1.0, "predict_store": 5.0, "  encoder": 3.0}}
    record = {"date": "today", "machine": {"cpu": "any"}, "us_per_molecule": steps}
    assert to_table({**record, "overhead_seconds": {}}).rows[-1] == ["all", "6.0"]
