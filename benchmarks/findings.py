"""All that one run of the benchmark found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bars import bars_of_memory, bars_of_outputs, bars_of_overhead, bars_of_race
from contestants import CHEMPROP, TORCH_OF_CHEMPROP
from outputs import Agreement
from processes import Run
from race import Entry
from records import describe_machine, installed_versions
from verdicts import Bar


@dataclass
class Findings:
    """What was measured; a part that was not asked for is empty.

    Parameters
    ----------
    sources
        The files that the molecules come from.
    n_rows
        How many there were.
    race
        Contestant to its runs.
    agreements
        Model to how far molgnn's outputs lie from dgllife's.
    stages
        Model to stage to µs per molecule.
    overhead
        Model to the seconds of a screening and of its engine alone.
    memory
        Number of rows to a run of molgnn with 2 workers.
    """

    sources: list[Path]
    n_rows: int
    race: Mapping[str, Entry] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    stages: Mapping[str, dict[str, float]] = field(default_factory=dict)
    overhead: Mapping[str, dict[str, list[float]]] = field(default_factory=dict)
    memory: Mapping[int, Run] = field(default_factory=dict)
    date: str = field(default_factory=lambda: date.today().isoformat())
    machine: dict[str, Any] = field(default_factory=describe_machine)

    def bars(self) -> list[Bar]:
        """Hold everything against what it must reach."""
        return [
            *bars_of_race(self.race, self.n_rows),
            *bars_of_outputs(self.agreements),
            *bars_of_overhead(self.overhead),
            *bars_of_memory({n: run.peak_bytes for n, run in self.memory.items()}),
        ]

    def to_json(self) -> dict[str, Any]:
        """Return plain data, every single run included."""
        return {
            "date": self.date,
            "machine": self.machine,
            "versions": installed_versions(),
            "chemprop_environment": {"chemprop": CHEMPROP, "torch": TORCH_OF_CHEMPROP},
            "sources": [path.name for path in self.sources],
            "n_rows": self.n_rows,
            "race": {name: entry.to_json() for name, entry in self.race.items()},
            "agreements": {name: asdict(found) for name, found in self.agreements.items()},
            "us_per_molecule": dict(self.stages),
            "overhead_seconds": dict(self.overhead),
            "memory": {n: asdict(run) for n, run in self.memory.items()},
            "bars": [bar.to_json() for bar in self.bars()],
        }
