"""What becomes of the rows of a library, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.unread import UnreadCells, merge_unread


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows met which fate.

    Parameters
    ----------
    read
        All of them.
    scored
        Those that have predictions.
    matched
        Those that the selection did not leave out.
    rejected
        Kind of reason to the number of rows that have no predictions for it.
    unread
        Column of the library to its cells that are not what an expression wanted of them.
    """

    read: int = 0
    scored: int = 0
    matched: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    unread: dict[str, UnreadCells] = field(default_factory=dict)

    @classmethod
    def of(cls, chunk: ScoredChunk, matched: int, unread: Mapping[str, UnreadCells]) -> Counts:
        """Count the rows of *chunk*, of which so many *matched*."""
        rejected = Counter(why.kind for why in chunk.predictions.rejected.values())
        n_rows = len(chunk.rows)
        return cls(n_rows, n_rows - rejected.total(), matched, dict(rejected), dict(unread))

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Counts:
        """Read what `dataclasses.asdict` gave."""
        unread = record.get("unread", {})
        return cls(
            **{**record, "unread": {name: UnreadCells(**each) for name, each in unread.items()}}
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.read + other.read,
            self.scored + other.scored,
            self.matched + other.matched,
            dict(Counter(self.rejected) + Counter(other.rejected)),
            merge_unread(self.unread, other.unread),
        )


@dataclass(frozen=True, slots=True)
class ScreeningSummary:
    """What became of a library.

    Parameters
    ----------
    outputs
        Where the result lies, perhaps in several formats.
    counts
        What became of the rows.
    written
        How many rows the output has: all, or those selected.
    resumed
        How many rows an earlier, interrupted run had done.
    seconds
        From the first row of this run to the last.
    likely_cause
        Where not one row was scored, be it that there is none, why.
    notes
        How the library was read where it could have been read otherwise, and which cells of it
        were not what an expression wanted of them.
    """

    outputs: tuple[Path, ...]
    counts: Counts
    written: int
    resumed: int
    seconds: float
    likely_cause: str = ""
    notes: tuple[str, ...] = ()

    @property
    def output(self) -> Path:
        """Where the result lies, the first one."""
        return self.outputs[0]

    @property
    def read(self) -> int:
        """How many rows the library has."""
        return self.counts.read

    @property
    def scored(self) -> int:
        """How many of them have predictions."""
        return self.counts.scored

    @property
    def rejected(self) -> dict[str, int]:
        """Kind of reason to how many rows have no predictions for it, the commonest first."""
        return dict(Counter(self.counts.rejected).most_common())

    @property
    def rows_per_second(self) -> float:
        """How fast this run was, the loading of the model included."""
        return (self.read - self.resumed) / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        counts = [("rows read", self.read)]
        if self.resumed:
            counts.append(("  by an earlier run", self.resumed))
        counts += [("scored", self.scored), ("rejected", self.read - self.scored)]
        counts += [(f"  {kind}", n) for kind, n in self.rejected.items()]
        if self.written != self.read:
            counts.append(("selected", self.written))
        lines = [f"{name:<26} {n:>12,}" for name, n in counts]
        speed = f"{self.seconds:,.1f} s, {self.rows_per_second:,.0f} rows per second"
        return "\n".join([*lines, speed, f"written to {' and '.join(map(str, self.outputs))}"])
