"""From lines to cells, in which a stray quotation mark costs no other row."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

MAX_LINES = 100
"""How many lines one quoted cell may span. A mark that is not closed by then was no quotation."""

Record = tuple[int, list[str]]
"""The line where a row begins, from 1, and its cells."""


def read_delimited_records(
    lines: Iterator[str], delimiter: str, n_cells: int | None = None, first_line: int = 1
) -> Iterator[Record]:
    """Yield the cells of each row of a CSV; an empty line is a row, too.

    Parameters
    ----------
    lines
        With their ends.
    delimiter
        One character.
    n_cells
        How many cells a row has. A quoted cell may span lines only in rows with no more.
    first_line
        The number of the first line.

    Notes
    -----
    What is not well quoted is split at each delimiter, quotation marks and all. Without that, one
    mark in a chemical name would swallow the rows up to the next one, or to the end of the file.
    Excel's ``="00123"``, which keeps it from taking a text for a number, is ``00123``.
    """
    source = _Lines(lines)
    number = first_line
    for line in source:
        if '"' in line and (quoted := _read_quoted(line, source, delimiter, n_cells)):
            cells, n_lines = quoted
            yield number, [_unguard(cell) for cell in cells] if '="' in line else cells
            number += n_lines
        else:
            yield number, line.rstrip("\r\n").split(delimiter)
            number += 1


def _unguard(cell: str) -> str:
    if len(cell) > 2 and cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1]:
        return cell[2:-1]
    return cell


class _Lines:
    """Lines of which some can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        while True:
            while self._returned:
                yield self._returned.popleft()
            for line in self._lines:
                yield line
                if self._returned:
                    break
            else:
                return

    def take(self) -> str | None:
        """Return the next line, None at the end."""
        return self._returned.popleft() if self._returned else next(self._lines, None)

    def give_back(self, lines: list[str]) -> None:
        """Have *lines* come next."""
        self._returned.extendleft(reversed(lines))


def _read_quoted(
    first: str, source: _Lines, delimiter: str, n_cells: int | None
) -> tuple[list[str], int] | None:
    """Return the cells of the record that begins with *first* and the lines that it spans.

    None, with every further line given back, if the quotation marks make no sense.
    """
    taken = [first]

    def lines_as_needed() -> Iterator[str]:
        yield first
        while len(taken) < MAX_LINES and (line := source.take()) is not None:
            taken.append(line)
            yield line

    limit = csv.field_size_limit(2**31 - 1)  # csv's own is 128 KiB a cell, for the whole process
    try:
        cells = next(csv.reader(lines_as_needed(), delimiter=delimiter, strict=True))
    except csv.Error:
        cells = []
    finally:
        csv.field_size_limit(limit)
    if cells and (len(taken) == 1 or n_cells is None or len(cells) <= n_cells):
        return cells, len(taken)
    source.give_back(taken[1:])
    return None
