"""Molecules that are too many to hold: found and opened once, read as often as needed."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from molgnn.chem.reading.cell_types import TEXT
from molgnn.chem.reading.readers import Reader, open_reader
from molgnn.chem.reading.readers.dataframe import DataFrameReader
from molgnn.chem.reading.selection import align, choose_columns
from molgnn.chem.reading.sources import find_sources
from molgnn.chem.records import Row
from molgnn.names import unique_name

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Library:
    """The rows of a file or of several, none of them lost; iterate as often as needed.

    Made by `open_library`. As a context manager it closes what is still being read.

    Parameters
    ----------
    name
        What it is called in messages.
    paths
        The files; none for standard input, which can be iterated once only, and a DataFrame.
    columns
        The names of the columns; ``Row.fields`` are in the same order.
    smiles_index
        Which of them holds the SMILES.
    id_index
        Which of them names the row, if one does.
    """

    name: str
    paths: tuple[Path, ...]
    columns: tuple[str, ...]
    smiles_index: int
    id_index: int | None
    _parts: tuple[_Part, ...] = field(repr=False)
    _readings: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)

    def __iter__(self) -> Iterator[Row]:
        rows = self._parts[0].rows() if len(self._parts) == 1 else _join(self._parts)
        self._readings.callback(rows.close)
        return rows

    @property
    def index(self) -> pd.Index[Any] | None:
        """The index of a DataFrame; None of files."""
        return self._parts[0].reader.index

    @property
    def types(self) -> tuple[str, ...]:
        """What the cells of each column are, where all files agree, and else text."""
        of_parts = [[part.reader.types[pick] for pick in part.picks] for part in self._parts]
        of_files = [TEXT] * (len(self.columns) - len(of_parts[0]))
        agreed = (kinds[0] if len({*kinds}) == 1 else TEXT for kinds in zip(*of_parts, strict=True))
        return (*of_files, *agreed)

    @property
    def frame(self) -> pd.DataFrame | None:
        """The columns that are kept of a DataFrame; None of files."""
        part = self._parts[0]
        if not isinstance(part.reader, DataFrameReader):
            return None
        return part.reader.frame.iloc[:, list(part.picks)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._readings.close()


def open_library(
    source: str | Path | Sequence[str | Path] | pd.DataFrame,
    smiles_column: str | None = None,
    *,
    columns: Sequence[str] | None = None,
    id_column: str | None = None,
) -> Library:
    """Find out how files of molecules are written; their rows are read by iterating.

    Parameters
    ----------
    source
        A SMILES file (.smi, .smiles, .ism, .txt: a SMILES and a name per line), a table (.csv,
        .tsv, .tab, .parquet) or an SDF (.sdf, .sd, .mol), those of text also with .gz or .bz2;
        several of them; a pattern (``"vendor/**/*.smi.gz"``); or ``"-"``, standard input, which
        holds SMILES, CSV or TSV. Several files must have the same columns, in whatever order;
        a first column ``file`` is added, which tells the rows apart. Or a pandas DataFrame.
    smiles_column
        Found by its name where not given. In a table without a header the columns are called
        ``column_1``, ``column_2``…
    columns
        The columns to keep, in this order; that of the SMILES stays in any case.
    id_column
        The column that names the rows, which is put first. By default it is the ``name`` of a
        SMILES file or an SDF, where it stands, and none of a table.

    Raises
    ------
    FileProblem
        If a file cannot be read, or a pattern finds none.
    TableError
        If a file is of an unknown kind, or empty; if a column cannot be found; if the columns of
        several files differ.
    ConfigError
        If a file is named twice, or standard input together with files.

    Notes
    -----
    An SDF is read to its end beforehand, for the names of all its tags. Its columns are the
    ``smiles``, made by RDKit, the ``name`` in the title line, and the tags; where a tag bears one
    of those two names, it keeps it, and ours is called ``mol_smiles`` or ``mol_name``.
    """
    sources = find_sources(source)
    first, *others = [open_reader(each, smiles_column) for each in sources]
    picks = choose_columns(first, columns, id_column)
    is_whole = columns is None
    aligned = [align(other, first, picks, is_whole=is_whole) for other in others]
    names = [first.columns[pick] for pick in picks]
    added = [unique_name("file", names, prefix="source_")] if others else []
    places = {pick: place for place, pick in enumerate(picks, len(added))}
    id_pick = first.id_index if id_column is None else picks[0]
    return Library(
        name=str(first.source) + (f" and {len(others)} more" if others else ""),
        paths=tuple(each.path for each in sources if each.is_file),
        columns=(*added, *names),
        smiles_index=places[first.smiles_index],
        id_index=None if id_pick is None else places.get(id_pick),
        _parts=tuple(map(_Part, [first, *others], [picks, *aligned])),
    )


@dataclass(frozen=True)
class _Part:
    """One of a library's files, and where it has the library's columns."""

    reader: Reader
    picks: Sequence[int]

    def rows(self) -> Generator[Row]:
        return self.reader.rows(self.picks)


def _join(parts: Sequence[_Part]) -> Generator[Row]:
    """Yield the rows of one file after the other, each with the file's name before its fields."""
    number = 0
    for part in parts:
        name = str(part.reader.source)
        with closing(part.rows()) as rows:
            for row in rows:
                yield Row(number, row.line, row.smiles, (name, *row.fields), row.block)
                number += 1
