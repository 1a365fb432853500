"""A file of molecules that is too large to hold: opened once, read as often as needed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Self

from molgnn.chem.reading.columns import find_columns, is_smiles_header, sniff_delimiter
from molgnn.chem.reading.lines import read_lines
from molgnn.chem.reading.records import Record, read_delimited_records, read_smi_records
from molgnn.chem.records import Row
from molgnn.errors import TableError

_SMI_SUFFIXES = (".smi", ".smiles", ".ism", ".txt")
_DELIMITED_SUFFIXES = (".csv", ".tsv", ".tab")
_SMI_COLUMNS = ("smiles", "name")
_N_SAMPLED = 20


@dataclass(frozen=True)
class Library:
    """The rows of a file, one for every line after the header; iterate as often as needed.

    Made by `open_library`. As a context manager it closes what is still being read.

    Parameters
    ----------
    path
        The file.
    columns
        The names of the columns; ``Row.fields`` are in the same order.
    smiles_index
        Which of them holds the SMILES.
    delimiter
        What separates cells; None in a SMILES file, where white space ends the SMILES.
    has_header
        Whether the first line is no row.

    Notes
    -----
    Every row has as many fields as there are columns: missing cells are empty, and cells beyond
    the last column are kept in it, joined by the delimiter.
    """

    path: Path
    columns: tuple[str, ...]
    smiles_index: int
    delimiter: str | None
    has_header: bool
    _readings: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)

    def __iter__(self) -> Iterator[Row]:
        rows = self._read()
        self._readings.callback(rows.close)
        return rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._readings.close()

    def _read(self) -> Generator[Row, None, None]:
        n_columns, smiles_index = len(self.columns), self.smiles_index
        with closing(read_lines(self.path)) as lines:
            records = self._records(lines)
            if self.has_header:
                next(records, None)
            for number, (line, cells) in enumerate(records):
                if len(cells) != n_columns:
                    cells = self._fit(cells)
                yield Row(number, line, cells[smiles_index].strip(), tuple(cells))

    def _records(self, lines: Iterator[str]) -> Iterator[Record]:
        if self.delimiter is None:
            return read_smi_records(lines)
        return read_delimited_records(lines, self.delimiter, len(self.columns))

    def _fit(self, cells: list[str]) -> list[str]:
        n_columns = len(self.columns)
        missing = [""] * (n_columns - len(cells))
        excess = (self.delimiter or " ").join(cells[n_columns - 1 :])
        return [*cells, *missing] if missing else [*cells[: n_columns - 1], excess]


def open_library(path: str | Path, smiles_column: str | None = None) -> Library:
    """Find out how a file of SMILES is written; its rows are read by iterating.

    Parameters
    ----------
    path
        A SMILES file (.smi, .smiles, .ism, .txt: a SMILES and a name per line) or a table
        (.csv, .tsv, .tab), each also with .gz. The delimiter of a .csv is found out.
    smiles_column
        Found by its name where not given. In a table without a header the columns are called
        ``column_1``, ``column_2``…

    Raises
    ------
    FileProblem
        If the file cannot be read.
    TableError
        If it is of an unknown kind, empty, or its SMILES column cannot be found.
    """
    path = Path(path)
    with closing(read_lines(path)) as lines:
        first = next(lines, None)
        if first is None:
            raise TableError(f"{path}: expected rows but the file is empty; fix: fetch it again")
        suffix = _suffix(path)
        if suffix in _SMI_SUFFIXES:
            return _open_smi(path, first, smiles_column)
        delimiter = sniff_delimiter(first) if suffix == ".csv" else "\t"
        records = read_delimited_records(chain([first], lines), delimiter)
        sample = [cells for _, cells in islice(records, _N_SAMPLED)]
    columns, smiles_index, has_header = find_columns(path, sample, smiles_column)
    return Library(path, columns, smiles_index, delimiter, has_header)


def _open_smi(path: Path, first: str, smiles_column: str | None) -> Library:
    if smiles_column is not None and smiles_column.lower() != "smiles":
        raise TableError(
            f"expected no column name for {path} but got {smiles_column!r}: a SMILES file has "
            "the columns smiles and name; fix: leave it out, or rename a table to .csv or .tsv"
        )
    words = first.split(None, 1)
    return Library(path, _SMI_COLUMNS, 0, None, bool(words) and is_smiles_header(words[0]))


def _suffix(path: Path) -> str:
    """Return the suffix that says how the file is written, below a .gz."""
    named = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    suffix = named.suffix.lower()
    known = (*_SMI_SUFFIXES, *_DELIMITED_SUFFIXES)
    if suffix not in known:
        raise TableError(
            f"expected a file of the kind {', '.join(known)} (also with .gz) but got {path.name}; "
            "fix: save it as CSV with a column named smiles"
        )
    return suffix
