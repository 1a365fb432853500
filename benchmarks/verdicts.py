"""Figures held against what they must reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.table import Table

HEADINGS = ("figure", "measured", "bar", "aim", "verdict")
COLOURS = {"aim": "green", "pass": "yellow", "miss": "red"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure with what it must reach, and what it should.

    Parameters
    ----------
    name
        What is measured.
    figure
        What came out.
    bar, aim
        What it must reach, and what it should; None where one is as good as the other.
    kind
        Whether the figure must be at least or at most that.
    unit
        How to format it.
    """

    name: str
    figure: float
    bar: float
    aim: float | None
    kind: Literal["≥", "≤"]
    unit: str

    @property
    def verdict(self) -> str:
        """``aim``, ``pass`` or ``miss``."""
        if self.aim is not None and self._reaches(self.aim):
            return "aim"
        return "pass" if self._reaches(self.bar) else "miss"

    def to_json(self) -> dict[str, Any]:
        """Return plain data, the verdict included."""
        return asdict(self) | {"verdict": self.verdict}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Bar:
        """Rebuild what `to_json` gave."""
        return cls(**{name: record[name] for name in cls.__slots__})

    def cells(self) -> list[str]:
        """Return a row of a table with the columns `HEADINGS`."""
        aim = "" if self.aim is None else f"{self.kind} {_format(self.aim, self.unit)}"
        limit = f"{self.kind} {_format(self.bar, self.unit)}"
        return [self.name, _format(self.figure, self.unit), limit, aim, self.verdict]

    def _reaches(self, line: float) -> bool:
        return self.figure >= line if self.kind == "≥" else self.figure <= line


def bar_table(bars: Sequence[Bar]) -> Table:
    """Return one row per figure."""
    table = Table(title="Bars")
    table.add_column(HEADINGS[0])
    for heading in HEADINGS[1:]:
        table.add_column(heading, justify="right")
    for bar in bars:
        *cells, verdict = bar.cells()
        table.add_row(*cells, f"[{COLOURS[verdict]}]{verdict}[/]")
    return table


def _format(figure: float, unit: str) -> str:
    return f"{figure:.0e}" if unit == "" and 0 < figure < 1e-3 else f"{figure:.3g}{unit}"
