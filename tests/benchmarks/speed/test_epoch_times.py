from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.datasets import Case
from benchmarks.processes import Command, Run
from benchmarks.speed import epoch_times
from benchmarks.speed.epoch_times import EpochTiming, ratios, time_epochs
from benchmarks.speed.training_programs import Program


def timing(pairs: list[tuple[float, float]], n_epochs: tuple[int, int] = (2, 12)) -> EpochTiming:
    runs = [(Run(short, short, 1), Run(long, long, 3)) for short, long in pairs]
    return EpochTiming("any", n_epochs, runs)


def test_the_time_of_an_epoch_is_the_median_difference_of_runs_that_differ_in_epochs() -> None:
    timed = timing([(10.0, 30.0), (50.0, 60.0), (11.0, 26.0)])
    assert timed.epoch_seconds == [2.0, 1.0, 1.5]
    assert timed.epoch == 1.5
    assert timed.seconds == 30.0
    assert timed.peak_bytes == 3


def test_fewer_epochs_give_the_same_time_per_epoch() -> None:
    assert timing([(105.0, 305.0)], n_epochs=(1, 3)).epoch == 100.0


def test_an_epoch_that_is_lost_in_the_noise_gives_no_ratio() -> None:
    theirs = timing([(10.0, 50.0)])
    for pairs, expected in (([(10.0, 20.0)], [4.0]), ([(10.0, 20.0), (9.0, 8.0)], [])):
        timings = {"ours": timing(pairs), "theirs": theirs}
        assert list(ratios(timings, "ours", "theirs")) == expected
    assert list(ratios({"theirs": theirs}, "ours", "theirs")) == []


def test_programs_take_turns_and_every_run_starts_without_cache(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, str]] = []

    def pretend(command: Command, log: Path, workdir: Path) -> Run:
        name, n_epochs = map(str, command)
        ran.append((name, n_epochs))
        return Run(float(n_epochs), 0.0, None)

    monkeypatch.setattr(epoch_times, "measure_without_cache", pretend)
    fast = Program("a", "a", lambda case, n, folder: ["a", str(n)])
    slow = Program("b", "b", lambda case, n, folder: ["b", str(n)], is_slow=True)
    timed = time_epochs([fast, slow], case, (2, 12), (1, 3), 2, tmp_path)
    assert ran == [("a", "2"), ("a", "12"), ("b", "1"), ("b", "3")] * 2
    assert [each.epoch for each in timed.values()] == [1.0, 1.0]


def test_a_timing_outlives_its_json() -> None:
    timed = timing([(10.0, 30.0)])
    assert EpochTiming.from_json(timed.to_json()) == timed
