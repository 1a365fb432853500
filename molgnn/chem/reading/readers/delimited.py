"""CSV and TSV: tables whose delimiter, header and SMILES column are found out."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice

from molgnn.chem.reading.columns import find_columns, sniff_delimiter
from molgnn.chem.reading.readers.base import Reader, choose_cells, empty
from molgnn.chem.reading.readers.headers import (
    count_comments,
    describe_header,
    find_header,
    shown,
)
from molgnn.chem.reading.records import read_delimited_records
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row
from molgnn.errors import TableError

_N_SAMPLED = 20
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\s,;]*$', re.IGNORECASE)
"""The line before the header that tells Excel the delimiter."""


@dataclass(frozen=True)
class DelimitedReader(Reader):
    """A table as text.

    Every row has as many cells as there are columns: missing ones are empty, and those beyond the
    last column are kept in it, joined by the delimiter.
    """

    delimiter: str
    has_header: bool
    n_above: int
    """How many lines stand above the header, or the first row: Excel's ``sep=``, or comments."""

    @property
    def decimal(self) -> str:
        """A comma beside semicolons: so do programs write tables where the comma is decimal."""
        return "," if self.delimiter == ";" else "."

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield a row per line, but for quoted cells that span several."""
        n_columns, smiles_index = len(self.columns), self.smiles_index
        pick = choose_cells(picks, n_columns)
        self.enhanced_stereo.clear()
        with closing(self.source.lines()) as lines:
            below = islice(lines, self.n_above, None)
            records = read_delimited_records(below, self.delimiter, n_columns, self.n_above + 1)
            if self.has_header:
                next(records, None)
            for number, (line, cells) in enumerate(records):
                if len(cells) != n_columns:
                    cells = self._fit(cells)
                smiles = cells[smiles_index].strip()
                if "|" in smiles:
                    self.enhanced_stereo.look_at(smiles, line)
                yield Row(number, line, smiles, pick(cells))

    def _fit(self, cells: list[str]) -> list[str]:
        n_columns = len(self.columns)
        missing = [""] * (n_columns - len(cells))
        if missing:
            return [*cells, *missing]
        cells = self._join_extension(cells)
        excess = self.delimiter.join(cells[n_columns - 1 :])
        return [*cells[: n_columns - 1], excess]

    def _join_extension(self, cells: list[str]) -> list[str]:
        """Put a ChemAxon extension together again that was cut at its commas, if that fits."""
        start, n_excess = self.smiles_index, len(cells) - len(self.columns)
        end = start + n_excess + 1
        _, blank, extension = cells[start].strip().partition(" ")
        if not (blank and extension.startswith("|")):
            return cells
        whole = self.delimiter.join(cells[start:end])
        if whole.count("|") != 2 or not whole.rstrip().endswith("|"):
            return cells
        return [*cells[:start], whole, *cells[end:]]


def open_csv(source: Source, smiles_column: str | None) -> DelimitedReader:
    """Find out the delimiter, too."""
    return _open(source, smiles_column, None)


def open_tsv(source: Source, smiles_column: str | None) -> DelimitedReader:
    """Take tabs for the delimiter."""
    return _open(source, smiles_column, "\t")


def _open(source: Source, smiles_column: str | None, delimiter: str | None) -> DelimitedReader:
    with closing(source.preview()) as lines:
        head = list(islice(lines, _N_SAMPLED))
        n_above, separator, notes = _find_header(source, head, smiles_column)
        if not head[n_above:]:
            raise empty(source)
        delimiter = separator or delimiter or sniff_delimiter(head[n_above])
        records = read_delimited_records(chain(head[n_above:], lines), delimiter)
        sample = [cells for _, cells in islice(records, _N_SAMPLED)]
    try:
        found = find_columns(source, sample, smiles_column)
    except TableError as error:
        if smiles_column is None and (place := find_header(head)):
            raise TableError(
                f"{source}: expected a header or a row in the first line but got "
                f"{shown(head[0])!r}; {describe_header(head, place)}"
            ) from error
        raise
    return DelimitedReader(
        source,
        found.columns,
        found.smiles_index,
        None,
        delimiter,
        found.has_header,
        n_above,
        notes=(*notes, *found.notes),
    )


def _find_header(
    source: Source, head: Sequence[str], smiles_column: str | None
) -> tuple[int, str | None, tuple[str, ...]]:
    """Return how many lines stand above the header, the delimiter that one names, and notes."""
    match = _SEPARATOR_LINE.match(head[0].rstrip("\r\n")) if head else None
    if match:
        return 1, match[1], ()
    if not (n_above := count_comments(head, smiles_column)):
        return 0, None, ()
    note = f"{source}: line {n_above + 1} is read as the header, and what stands above it left out"
    return n_above, None, (note,)
