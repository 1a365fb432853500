"""The contestants against one another: whole processes, taking turns."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from contestants import Contestant
from libraries import count_rows, sample_library
from processes import Run, measure


@dataclass
class Entry:
    """A contestant with what it reads and how it fared.

    Parameters
    ----------
    contestant
        Who.
    library
        What it reads, of *n_rows* rows.
    output
        What it wrote last.
    runs
        One per repeat.
    start_ups
        Runs on a single row, where the library is a part of the others'.
    """

    contestant: Contestant
    library: Path
    n_rows: int
    output: Path
    runs: list[Run] = field(default_factory=list)
    start_ups: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median wall time of what it was given."""
        return median(run.seconds for run in self.runs)

    @property
    def peak_bytes(self) -> float | None:
        """The median of the runs' peaks."""
        peaks = [run.peak_bytes for run in self.runs if run.peak_bytes is not None]
        return median(peaks) if peaks else None

    def seconds_for(self, n_rows: int) -> float:
        """Return the wall time for *n_rows*, from start-up and rate where it was given fewer."""
        if not self.start_ups:
            return self.seconds
        start_up = median(run.seconds for run in self.start_ups)
        return start_up + (self.seconds - start_up) * (n_rows - 1) / (self.n_rows - 1)

    def to_json(self) -> dict[str, Any]:
        """Return the command, its paths cut down to names, and its every run."""
        command = self.contestant.command(self.library, self.output)
        return {
            "title": self.contestant.title,
            "command": [each.name if isinstance(each, Path) else each for each in command],
            "n_rows": self.n_rows,
            "runs": [asdict(run) for run in self.runs],
            "start_ups": [asdict(run) for run in self.start_ups],
        }


def race(
    contestants: Sequence[Contestant], library: Path, slow_rows: int, repeats: int, workdir: Path
) -> dict[str, Entry]:
    """Run every contestant *repeats* times, in turns, so that the machine's moods hit all alike.

    Parameters
    ----------
    contestants
        Who takes part.
    library
        The cleaned library.
    slow_rows
        How many of its rows the slow ones get, evenly spread.
    repeats
        How many rounds.
    workdir
        Where outputs and logs go.
    """
    n_rows = count_rows(library)
    entries = {}
    for contestant in contestants:
        part, n = library, n_rows
        if contestant.is_slow and slow_rows < n_rows:
            part, n = sample_library(library, slow_rows), slow_rows
        output = workdir / f"{contestant.name}.csv"
        entries[contestant.name] = Entry(contestant, part, n, output)
    for repeat in range(repeats):
        for entry in entries.values():
            print(f"round {repeat + 1} of {repeats}: {entry.contestant.title}", file=sys.stderr)
            if entry.library != library:
                entry.start_ups.append(_run(entry, sample_library(library, 1)))
            entry.runs.append(_run(entry, entry.library))
    return entries


def _run(entry: Entry, library: Path) -> Run:
    clear(entry.output)
    command = entry.contestant.command(library, entry.output)
    return measure(command, entry.output.with_suffix(".log"))


def clear(output: Path) -> None:
    """Take away what an earlier run wrote, and the parts that molgnn would go on with."""
    output.unlink(missing_ok=True)
    shutil.rmtree(output.with_name(f"{output.name}.parts"), ignore_errors=True)
