"""Time per epoch of whole processes: from a short and a long run, which differ in epochs alone."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from cases import Case
from contestants import measure_afresh
from processes import Run
from trainers import Trainer


@dataclass
class Course:
    """A trainer with how it fared.

    Parameters
    ----------
    trainer
        Who.
    n_epochs
        Of its short and of its long runs.
    pairs
        Per repeat, the short and the long run.
    """

    trainer: Trainer
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
        """Whether the epochs stand out of the noise of the start-up: in each repeat, they cost."""
        return min(self.epoch_seconds) > 0

    @property
    def seconds(self) -> float:
        """The median time of the long runs, from start to end."""
        return median(long.seconds for _, long in self.pairs)

    @property
    def peak_bytes(self) -> float | None:
        """The median of the long runs' peaks."""
        peaks = [long.peak_bytes for _, long in self.pairs if long.peak_bytes is not None]
        return median(peaks) if peaks else None

    def to_json(self) -> dict[str, Any]:
        """Return the median, and every single run."""
        return {
            "title": self.trainer.title,
            "n_epochs": list(self.n_epochs),
            "seconds_per_epoch": self.epoch,
            "is_resolved": self.is_resolved,
            "runs": [{"short": asdict(short), "long": asdict(long)} for short, long in self.pairs],
        }


def time_epochs(
    trainers: Sequence[Trainer],
    case: Case,
    epochs: tuple[int, int],
    slow_epochs: tuple[int, int],
    repeats: int,
    workdir: Path,
) -> dict[str, Course]:
    """Run every trainer *repeats* times, in turns, so that the machine's moods hit all alike.

    Parameters
    ----------
    trainers
        Who takes part.
    case
        The rows to learn from, to validate on after each epoch, and to test on in the end.
    epochs, slow_epochs
        Of a short and of a long run; the latter for the slow ones.
    repeats
        How many rounds.
    workdir
        Where models and logs go.
    """
    courses = {t.name: Course(t, slow_epochs if t.is_slow else epochs) for t in trainers}
    for repeat in range(repeats):
        for course in courses.values():
            print(f"round {repeat + 1} of {repeats}: {course.trainer.title}", file=sys.stderr)
            short, long = (_run(course.trainer, case, n, workdir) for n in course.n_epochs)
            course.pairs.append((short, long))
    return courses


def ratios(courses: Mapping[str, Course], ours: str, theirs: str) -> Iterator[float]:
    """Yield how many times as fast one is as another, per epoch, if both took part and resolve."""
    both = [courses[name] for name in (ours, theirs) if name in courses]
    if len(both) == 2 and all(course.is_resolved for course in both):
        yield both[1].epoch / both[0].epoch


def _run(trainer: Trainer, case: Case, n_epochs: int, workdir: Path) -> Run:
    folder = workdir / "epochs" / f"{trainer.name}-{n_epochs}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    command, log = trainer.command(case, n_epochs, folder), folder.with_suffix(".log")
    run = measure_afresh(command, log, workdir)  # or start-up would not cancel out
    shutil.rmtree(folder, ignore_errors=True)
    return run
