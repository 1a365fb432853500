from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.libraries import take_evenly
from benchmarks.speed import ablation
from benchmarks.speed.ablation import Ablation, measure_networks, measure_preparing


def test_every_optimization_can_be_switched_off(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablation, "REPEATS", 1)
    timed = Ablation(take_evenly([library], 6))
    measure_preparing(timed)
    measure_networks(timed)
    assert len(timed.times) == 11
    assert all(value > 0 for times in timed.times.values() for value in times.values())


def test_an_optimization_is_timed_per_molecule_with_and_without_it_in_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    seconds = {"without": iter([3.0, 4.0, 5.0]), "with": iter([1.0, 2.0, 9.0])}

    def pretend(work: ablation.Work) -> float:
        name = str(work())
        ran.append(name)
        return next(seconds[name])

    monkeypatch.setattr(ablation, "_seconds_of", pretend)
    timed = Ablation(["CCO"])
    timed.compare("any", 1000, lambda: "without", lambda: "with")
    assert ran == ["without", "with"] * 3
    assert timed.times == {"any": {"without": 4000.0, "with": 2000.0}}
