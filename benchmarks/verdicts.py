"""Figures held against what they must reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.table import Table

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

    def _reaches(self, line: float) -> bool:
        return self.figure >= line if self.kind == "≥" else self.figure <= line


def bar_table(bars: Sequence[Bar]) -> Table:
    """Return one row per figure."""
    table = Table(title="Bars")
    table.add_column("figure")
    for heading in ("measured", "bar", "aim", "verdict"):
        table.add_column(heading, justify="right")
    for bar in bars:
        aim = "" if bar.aim is None else f"{bar.kind} {_format(bar.aim, bar.unit)}"
        verdict = f"[{COLOURS[bar.verdict]}]{bar.verdict}[/]"
        limit = f"{bar.kind} {_format(bar.bar, bar.unit)}"
        table.add_row(bar.name, _format(bar.figure, bar.unit), limit, aim, verdict)
    return table


def _format(figure: float, unit: str) -> str:
    return f"{figure:.0e}" if unit == "" and 0 < figure < 1e-3 else f"{figure:.3g}{unit}"
