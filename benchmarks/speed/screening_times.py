"""Run screening programs in turns, as whole processes, and keep what each run cost."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.libraries import count_rows, sample_library
from benchmarks.processes import Command, Run, measure, median_peak
from benchmarks.speed.screening_programs import Program


@dataclass
class Timing:
    """What a program's runs cost.

    Parameters
    ----------
    title
        What the table calls the program.
    n_rows
        How many rows it was given.
    command
        What was run, its paths cut down to names.
    runs
        One per repeat.
    start_ups
        Runs on a single row, where the program was given a part of the library.
    """

    title: str
    n_rows: int
    command: list[str] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    start_ups: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median wall time on what it was given."""
        return median(run.seconds for run in self.runs)

    @property
    def spread(self) -> float:
        """The slowest run less the fastest, as a share of the median."""
        seconds = [run.seconds for run in self.runs]
        return (max(seconds) - min(seconds)) / self.seconds

    @property
    def peak_bytes(self) -> float | None:
        """The median of the runs' peaks."""
        return median_peak(self.runs)

    def seconds_for(self, n_rows: int) -> float:
        """Return the wall time for *n_rows*, from start-up and rate where it was given fewer."""
        if not self.start_ups:
            return self.seconds
        start_up = median(run.seconds for run in self.start_ups)
        return start_up + (self.seconds - start_up) * (n_rows - 1) / (self.n_rows - 1)

    def to_json(self) -> dict[str, Any]:
        """Return plain data, every run included."""
        return {
            "title": self.title,
            "command": self.command,
            "n_rows": self.n_rows,
            "runs": [run.to_json() for run in self.runs],
            "start_ups": [run.to_json() for run in self.start_ups],
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Timing:
        """Rebuild what `to_json` gave."""
        runs = {name: [Run(**run) for run in record[name]] for name in ("runs", "start_ups")}
        return cls(**{**record, **runs})


def time_programs(
    programs: Sequence[Program], library: Path, slow_rows: int, repeats: int, workdir: Path
) -> dict[str, Timing]:
    """Run every program *repeats* times, in turns, so that a busy machine slows all alike.

    Parameters
    ----------
    programs
        What to time.
    library
        The cleaned library.
    slow_rows
        How many of its rows the slow ones get, evenly spread.
    repeats
        How many rounds.
    workdir
        Where outputs, which stay, and logs go.
    """
    n_rows, timings = count_rows(library), {}
    for program in programs:
        is_cut = program.is_slow and slow_rows < n_rows
        timings[program.name] = Timing(program.title, slow_rows if is_cut else n_rows)
    for repeat in range(repeats):
        for program in programs:
            timing, output = timings[program.name], output_of(program.name, workdir)
            print(f"round {repeat + 1} of {repeats}: {program.title}", file=sys.stderr)
            part = library
            if timing.n_rows < n_rows:
                part = sample_library(library, timing.n_rows)
                timing.start_ups.append(_run(program, sample_library(library, 1), output))
            timing.runs.append(_run(program, part, output))
            timing.command = _without_folders(program.command(part, output))
    return timings


def output_of(program: str, workdir: Path) -> Path:
    """Return the table that a program wrote last."""
    return workdir / f"{program}.csv"


def remove_output(output: Path) -> None:
    """Remove what an earlier run wrote, and the finished parts that molgnn would resume from."""
    output.unlink(missing_ok=True)
    shutil.rmtree(output.with_name(f"{output.name}.parts"), ignore_errors=True)


def _run(program: Program, library: Path, output: Path) -> Run:
    remove_output(output)
    return measure(program.command(library, output), output.with_suffix(".log"))


def _without_folders(command: Command) -> list[str]:
    return [each.name if isinstance(each, Path) else each for each in command]
