"""Tables of text: CSV and TSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import ClassVar

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.base import TextFormat, added_texts


class CsvFormat(TextFormat):
    """One line per row, in which the library's cells stand as they were read.

    Bytes that are no UTF-8 are among them: they come back as they came.
    """

    delimiter: ClassVar[str] = ","

    def header(self) -> bytes:
        """Return the line of column names."""
        return _join(self._lines([self.table.names]), [""])

    def encode(self, chunk: ScoredChunk) -> bytes:
        """Return one line per row of *chunk*, in order."""
        predictions = chunk.predictions
        rejected, n_tasks = predictions.rejected, len(predictions.tasks)
        numbers = (self.delimiter + "%.6g") * n_tasks
        no_numbers = self.delimiter * n_tasks
        heads: list[tuple[str, ...]] = []
        tails: list[str] = []
        for position, (row, values) in enumerate(
            zip(chunk.rows, predictions.values.tolist(), strict=True)
        ):
            if position in rejected:
                heads.append((*row.fields, "rejected", rejected[position].reason))
                tails.append(no_numbers)
            else:
                heads.append((*row.fields, "ok", ""))
                tails.append(numbers % tuple(values))
        if predictions.added:
            # The empty first cell makes each line begin with the delimiter.
            added = self._lines([("", *cells) for cells in added_texts(chunk)])
            tails = [tail + cells for tail, cells in zip(tails, added, strict=True)]
        return _join(self._lines(heads), tails)

    def _lines(self, rows: Iterable[Sequence[str]]) -> list[str]:
        """Return the rows as lines without their ends.

        The writer quotes a cell that holds a character of the line's end: it is told of both, since
        readers take a bare carriage return for an end, too.
        """
        lines: list[str] = []
        sink = SimpleNamespace(write=lines.append)
        csv.writer(sink, delimiter=self.delimiter, lineterminator="\r\n").writerows(rows)
        return [line[:-2] for line in lines]


class TsvFormat(CsvFormat):
    """A CSV whose cells are separated by tabs."""

    delimiter = "\t"


def _join(lines: Iterable[str], tails: Iterable[str]) -> bytes:
    text = "".join(f"{line}{tail}\n" for line, tail in zip(lines, tails, strict=True))
    return text.encode("utf-8", "surrogateescape")
