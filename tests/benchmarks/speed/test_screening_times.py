from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.libraries import clean_library, count_rows
from benchmarks.processes import Command, Run
from benchmarks.speed import screening_times
from benchmarks.speed.screening_programs import Program
from benchmarks.speed.screening_times import Timing, time_programs


def test_a_slow_program_is_extrapolated_from_its_rate_without_its_start_up() -> None:
    timing = Timing("slow", 11, runs=[Run(s, s, None) for s in (7.0, 5.0, 6.0)])
    assert timing.seconds_for(101) == 6.0
    assert timing.spread == pytest.approx(1 / 3)
    timing.start_ups = [Run(1.0, 1.0, None)]
    assert timing.seconds_for(101) == pytest.approx(1.0 + 5.0 * 10)


def test_programs_take_turns_and_a_slow_one_gets_fewer_rows_and_a_single_one(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, int]] = []

    def pretend(command: Command, log: Path) -> Run:
        name, part, output = command
        assert not Path(output).exists()
        Path(output).touch()
        ran.append((str(name), count_rows(Path(part))))
        return Run(float(len(ran)), 0.0, None)

    monkeypatch.setattr(screening_times, "measure", pretend)
    programs = [
        Program("fast", "Fast", lambda part, output: ["fast", part, output]),
        Program("slow", "Slow", lambda part, output: ["slow", part, output], is_slow=True),
    ]
    timings = time_programs(programs, clean_library([library], 20, tmp_path), 5, 2, tmp_path)
    assert ran == [("fast", 20), ("slow", 1), ("slow", 5)] * 2
    assert [run.seconds for run in timings["slow"].start_ups] == [2.0, 5.0]
    assert timings["slow"].n_rows == 5
    assert timings["fast"].command[2] == "fast.csv"


def test_a_timing_outlives_its_json() -> None:
    timing = Timing("any", 11, ["a", "b"], [Run(1.0, 2.0, 3)], [Run(0.5, 0.5, None)])
    assert Timing.from_json(timing.to_json()) == timing
