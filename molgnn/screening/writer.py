"""The table of results: the library's own columns, what became of the row, one column per task."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace

from molgnn.errors import FileProblem
from molgnn.screening.chunks import ScoredChunk

DELIMITERS = {".csv": ",", ".tsv": "\t"}
SUFFIXES = [*DELIMITERS, *(f"{suffix}.gz" for suffix in DELIMITERS)]


class TableWriter:
    """Turns scored chunks into the bytes of a table.

    Cells of the library come back as they were, bytes that are no UTF-8 included.

    Parameters
    ----------
    path
        Its suffix decides on the format: one of `SUFFIXES`.
    columns
        The library's columns.
    tasks
        The names of the tasks; one that is a column of the library already gets a ``_pred``.

    Raises
    ------
    FileProblem
        If the suffix is not known.
    """

    def __init__(self, path: Path, columns: Sequence[str], tasks: Sequence[str]) -> None:
        self._delimiter = delimiter_of(path)
        self.columns = [*columns, *new_names(columns, ["status", "reason", *tasks])]
        self._numbers = (self._delimiter + "%.6g") * len(tasks)
        self._no_numbers = self._delimiter * len(tasks)

    def header(self) -> bytes:
        """Return the line of column names."""
        return _encode(self._lines([self.columns]), [""])

    def rows(self, chunk: ScoredChunk) -> bytes:
        """Return one line per row of *chunk*, in order."""
        rejected = chunk.scores.rejected
        heads: list[tuple[str, ...]] = []
        tails: list[str] = []
        for position, (row, values) in enumerate(
            zip(chunk.rows, chunk.scores.values.tolist(), strict=True)
        ):
            if position in rejected:
                heads.append((*row.fields, "rejected", rejected[position].reason))
                tails.append(self._no_numbers)
            else:
                heads.append((*row.fields, "ok", ""))
                tails.append(self._numbers % tuple(values))
        return _encode(self._lines(heads), tails)

    def _lines(self, rows: Iterable[Sequence[str]]) -> list[str]:
        """Return the rows as lines without their ends.

        The writer quotes a cell that holds a character of the line's end: it is told of both, since
        readers take a bare carriage return for an end, too.
        """
        lines: list[str] = []
        sink = SimpleNamespace(write=lines.append)
        csv.writer(sink, delimiter=self._delimiter, lineterminator="\r\n").writerows(rows)
        return [line[:-2] for line in lines]


def delimiter_of(path: Path) -> str:
    """Return what separates the cells of a table of this name; raise `FileProblem` if unknown."""
    name = path.name.lower().removesuffix(".gz")
    for suffix, delimiter in DELIMITERS.items():
        if name.endswith(suffix):
            return delimiter
    raise FileProblem(
        f"expected an output that ends in {', '.join(SUFFIXES)} but got {path.name}; fix: rename it"
    )


def new_names(columns: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return the *wanted* names, each with as many ``_pred`` behind it as make it a new one."""
    taken, names = set(columns), []
    for name in wanted:
        while name in taken:
            name += "_pred"
        taken.add(name)
        names.append(name)
    return names


def _encode(lines: Iterable[str], tails: Iterable[str]) -> bytes:
    text = "".join(f"{line}{tail}\n" for line, tail in zip(lines, tails, strict=True))
    return text.encode("utf-8", "surrogateescape")
