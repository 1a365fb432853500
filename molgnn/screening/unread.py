"""Cells of a library that an expression could not read: texts where a number was wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

_THOUSANDS = re.compile(r"\s*[-+]?\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d+)?\s*")
_MAX_SHOWN = 40


@dataclass(frozen=True, slots=True)
class UnreadCells:
    """How many cells of a column were not what an expression wanted of it.

    Parameters
    ----------
    wanted
        A number or a date.
    n
        How many they are; empty cells and spellings of a gap, such as ``NA``, do not count.
    line
        Where the first one stands, as `Row.line` says.
    text
        What it holds.
    """

    wanted: str
    n: int
    line: int
    text: str

    def __add__(self, later: UnreadCells) -> UnreadCells:
        return replace(self, n=self.n + later.n)

    def describe(self, column: str, line: str = "line") -> str:
        """Return a sentence with what to do; *line* is what a row's place is called."""
        rows = "1 row" if self.n == 1 else f"{self.n:,} rows"
        return (
            f"{rows} had text where a {self.wanted} was wanted in {column!r}, the first in {line} "
            f"{self.line}: {self.text[:_MAX_SHOWN]!r}; none of them was selected; fix: "
            f"{self._fix(column)}"
        )

    def _fix(self, column: str) -> str:
        if self.wanted == "date":
            return "write dates as 2024-01-31"
        if _THOUSANDS.fullmatch(self.text):
            return "write numbers without a mark between thousands"
        return (
            "write a number or nothing there, or compare the column with a text: "
            f'`{column}` == "{self.text[:_MAX_SHOWN]}"'
        )


def merge_unread(
    earlier: Mapping[str, UnreadCells], later: Mapping[str, UnreadCells]
) -> dict[str, UnreadCells]:
    """Return what two pieces of a library, one after the other, hold together."""
    both = {name: cells + later[name] for name, cells in earlier.items() if name in later}
    return {**later, **earlier, **both}
