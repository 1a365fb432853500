"""CSV and TSV: tables whose delimiter, header and SMILES column are found out."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice

from molgnn.chem.reading.columns import find_columns, sniff_delimiter
from molgnn.chem.reading.readers.base import Reader, choose_cells, empty
from molgnn.chem.reading.records import read_delimited_records
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row

_N_SAMPLED = 20


@dataclass(frozen=True)
class DelimitedReader(Reader):
    """A table as text.

    Every row has as many cells as there are columns: missing ones are empty, and those beyond the
    last column are kept in it, joined by the delimiter.
    """

    delimiter: str
    has_header: bool

    @property
    def decimal(self) -> str:
        """A comma beside semicolons: so do programs write tables where the comma is decimal."""
        return "," if self.delimiter == ";" else "."

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield a row per line, but for quoted cells that span several."""
        n_columns, smiles_index = len(self.columns), self.smiles_index
        pick = choose_cells(picks, n_columns)
        with closing(self.source.lines()) as lines:
            records = read_delimited_records(lines, self.delimiter, n_columns)
            if self.has_header:
                next(records, None)
            for number, (line, cells) in enumerate(records):
                if len(cells) != n_columns:
                    cells = self._fit(cells)
                yield Row(number, line, cells[smiles_index].strip(), pick(cells))

    def _fit(self, cells: list[str]) -> list[str]:
        n_columns = len(self.columns)
        missing = [""] * (n_columns - len(cells))
        excess = self.delimiter.join(cells[n_columns - 1 :])
        return [*cells, *missing] if missing else [*cells[: n_columns - 1], excess]


def open_csv(source: Source, smiles_column: str | None) -> DelimitedReader:
    """Find out the delimiter, too."""
    return _open(source, smiles_column, None)


def open_tsv(source: Source, smiles_column: str | None) -> DelimitedReader:
    """Take tabs for the delimiter."""
    return _open(source, smiles_column, "\t")


def _open(source: Source, smiles_column: str | None, delimiter: str | None) -> DelimitedReader:
    with closing(source.preview()) as lines:
        first = next(lines, None)
        if first is None:
            raise empty(source)
        delimiter = delimiter or sniff_delimiter(first)
        records = read_delimited_records(chain([first], lines), delimiter)
        sample = [cells for _, cells in islice(records, _N_SAMPLED)]
    columns, smiles_index, has_header = find_columns(source, sample, smiles_column)
    return DelimitedReader(source, columns, smiles_index, None, delimiter, has_header)
