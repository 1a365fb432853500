"""Print a benchmark's table as Markdown, so that it can be read, and pasted into a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """A title, one row of headings, and rows of text.

    Parameters
    ----------
    title
        What is measured, on what, in which unit.
    headings
        One per column.
    rows
        As many cells each.
    notes
        Lines to print below: how to read the table, and what follows from it.
    n_text_columns
        How many of the first columns are text; the others are numbers, aligned to the right.
    """

    title: str
    headings: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    n_text_columns: int = 1

    def to_markdown(self) -> str:
        """Return the title, the table with its columns aligned, and the notes."""
        cells = [list(self.headings), *map(list, self.rows)]
        widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
        n_text = self.n_text_columns
        rule = ["-" * width for width in widths[:n_text]]
        rule += ["-" * (width - 1) + ":" for width in widths[n_text:]]
        lines = [self._line(row, widths) for row in (cells[0], rule, *cells[1:])]
        return "\n".join([self.title, "", *lines, "", *self.notes]).rstrip() + "\n"

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        aligned = [
            cell.ljust(width) if i < self.n_text_columns else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(aligned)} |"
