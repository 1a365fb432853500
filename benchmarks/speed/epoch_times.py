"""Time an epoch of training by a short and a long run that differ only in their epochs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.datasets import Case
from benchmarks.processes import Run, measure_without_cache, median_peak
from benchmarks.speed.training_programs import Program


@dataclass
class EpochTiming:
    """What a program's short and long runs cost.

    Parameters
    ----------
    title
        What the table calls the program.
    n_epochs
        Of its short and of its long runs.
    pairs
        Per repeat, the short and the long run.
    """

    title: str
    n_epochs: tuple[int, int]
    pairs: list[tuple[Run, Run]] = field(default_factory=list)

    @property
    def epoch_seconds(self) -> list[float]:
        """The time of an epoch by each repeat: start-up, featurizing and testing cancel out."""
        few, many = self.n_epochs
        return [(long.seconds - short.seconds) / (many - few) for short, long in self.pairs]

    @property
    def epoch(self) -> float:
        """The median time of an epoch, in seconds."""
        return median(self.epoch_seconds)

    @property
    def is_resolved(self) -> bool:
        """Whether the long run took longer than the short one in every repeat."""
        return min(self.epoch_seconds) > 0

    @property
    def seconds(self) -> float:
        """The median time of the long runs, from start to end."""
        return median(long.seconds for _, long in self.pairs)

    @property
    def peak_bytes(self) -> float | None:
        """The median of the long runs' peaks."""
        return median_peak([long for _, long in self.pairs])

    def to_json(self) -> dict[str, Any]:
        """Return the median, and every single run."""
        return {
            "title": self.title,
            "n_epochs": list(self.n_epochs),
            "seconds_per_epoch": self.epoch,
            "is_resolved": self.is_resolved,
            "runs": [{"short": a.to_json(), "long": b.to_json()} for a, b in self.pairs],
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> EpochTiming:
        """Rebuild what `to_json` gave."""
        few, many = record["n_epochs"]
        pairs = [(Run(**pair["short"]), Run(**pair["long"])) for pair in record["runs"]]
        return cls(record["title"], (few, many), pairs)


def time_epochs(
    programs: Sequence[Program],
    case: Case,
    epochs: tuple[int, int],
    slow_epochs: tuple[int, int],
    repeats: int,
    workdir: Path,
) -> dict[str, EpochTiming]:
    """Run every program *repeats* times, in turns, so that a busy machine slows all alike.

    Parameters
    ----------
    programs
        What to time.
    case
        The rows to train on, to validate on after each epoch, and to test on in the end.
    epochs, slow_epochs
        Of a short and of a long run; the latter for the slow ones.
    repeats
        How many rounds.
    workdir
        Where models and logs go.
    """
    timings = {
        each.name: EpochTiming(each.title, slow_epochs if each.is_slow else epochs)
        for each in programs
    }
    for repeat in range(repeats):
        for program in programs:
            print(f"round {repeat + 1} of {repeats}: {program.title}", file=sys.stderr)
            timing = timings[program.name]
            short, long = (_run(program, case, n, workdir) for n in timing.n_epochs)
            timing.pairs.append((short, long))
    return timings


def ratios(timings: Mapping[str, EpochTiming], ours: str, theirs: str) -> Iterator[float]:
    """Yield how many times as fast one is as another, per epoch, if both were timed reliably."""
    both = [timings[name] for name in (ours, theirs) if name in timings]
    if len(both) == 2 and all(timing.is_resolved for timing in both):
        yield both[1].epoch / both[0].epoch


def _run(program: Program, case: Case, n_epochs: int, workdir: Path) -> Run:
    folder = workdir / "epochs" / f"{program.name}-{n_epochs}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    command, log = program.command(case, n_epochs, folder), folder.with_suffix(".log")
    run = measure_without_cache(command, log, workdir)  # or start-up would not cancel out
    shutil.rmtree(folder, ignore_errors=True)
    return run
