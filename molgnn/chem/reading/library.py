"""Molecules that are too many to hold: found and opened once, read as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from molgnn.chem.reading.cell_types import TEXT
from molgnn.chem.reading.readers import Reader, open_reader
from molgnn.chem.reading.readers.dataframe import DataFrameReader
from molgnn.chem.reading.selection import select_columns
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
    left_out
        The names of the columns that are not kept; `reading_also` has rows hold their cells.
    """

    name: str
    paths: tuple[Path, ...]
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    smiles_index: int
    id_index: int | None
    _notes: tuple[str, ...] = field(repr=False)
    _parts: tuple[_Part, ...] = field(repr=False)
    _also: tuple[int, ...] = field(default=(), repr=False)
    _readings: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)

    def __iter__(self) -> Iterator[Row]:
        n_kept = self._n_picks
        places = [*range(n_kept), *(n_kept + place for place in self._also)]
        pieces = self._parts
        rows = pieces[0].rows(places) if len(pieces) == 1 else _join(pieces, places)
        self._readings.callback(rows.close)
        return rows

    def reading_also(self, places: Sequence[int]) -> Self:
        """Return the same library, whose rows hold cells of columns that are left out, too.

        Parameters
        ----------
        places
            Which of `left_out`; their cells stand behind those of `columns`, in this order.
        """
        return replace(self, _also=tuple(places))

    @property
    def _n_picks(self) -> int:
        """How many of the columns stand in the files; that of several files' names does not."""
        return len(self._parts[0].picks) - len(self.left_out)

    @property
    def notes(self) -> tuple[str, ...]:
        """How the files are read where they could be read otherwise; complete once they are read.

        Such as which of two SMILES columns is taken, and that enhanced stereochemistry is ignored.
        A parameter is written ``name=…``; `molgnn.errors.with_options` makes an option of it.
        """
        readers = [part.reader for part in self._parts]
        stereo = [reader.enhanced_stereo.describe(reader.source) for reader in readers]
        return (*self._notes, *(note for notes in stereo for note in notes))

    @property
    def decimal(self) -> str:
        """What stands before the decimals of numbers: a comma in a CSV with semicolons."""
        return max((part.reader.decimal for part in self._parts), key=",".__eq__)

    @property
    def index(self) -> pd.Index[Any] | None:
        """The index of a DataFrame; None of files."""
        return self._parts[0].reader.index

    @property
    def types(self) -> tuple[str, ...]:
        """What the cells of each column are, where all files agree, and else text.

        Those of the columns that are left out stand behind the others.
        """
        kinds = self._of_each_column(lambda reader: reader.types)
        of_files = [TEXT] * (len(self.columns) - self._n_picks)
        return (*of_files, *(str(*kind) if len(kind) == 1 else TEXT for kind in kinds))

    @property
    def text_only(self) -> frozenset[int]:
        """Which columns hold texts by the types of all files, counted as in `types`."""

        def tell(reader: Reader) -> list[bool]:
            texts = reader.text_columns
            return [index in texts for index in range(len(reader.columns))]

        is_text = self._of_each_column(tell)
        first = len(self.columns) - self._n_picks
        return frozenset(place for place, kinds in enumerate(is_text, first) if kinds == {True})

    def _of_each_column(self, tell: Callable[[Reader], Sequence[Any]]) -> list[set[Any]]:
        """Return what the files that have a column tell of it, for each column of theirs."""
        told = [tell(part.reader) for part in self._parts]
        return [
            {of_file[pick] for of_file, pick in zip(told, picks, strict=True) if pick is not None}
            for picks in zip(*(part.picks for part in self._parts), strict=True)
        ]

    @property
    def frame(self) -> pd.DataFrame | None:
        """The columns that are kept of a DataFrame; None of files."""
        part = self._parts[0]
        if not isinstance(part.reader, DataFrameReader):
            return None
        picks = part.picks[: self._n_picks]
        return part.reader.frame.iloc[:, [pick for pick in picks if pick is not None]]

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
        A SMILES file (.smi, .smiles, .ism, .txt: a SMILES and a name per line, or a name and a
        SMILES), a table (.csv, .tsv, .tab, .parquet, .xlsx) or an SDF (.sdf, .sd, .mol), those of
        text also with .gz, .bz2, .xz or, of one file, .zip; several of them; a pattern
        (``"vendor/**/*.smi.gz"``); ``"-"``, standard input, which holds SMILES, CSV, TSV or SDF;
        or a pandas DataFrame. Of several files all columns are kept, blank where a file lacks one,
        and a first column ``file`` is added, which tells the rows apart.
    smiles_column
        Found by its name where not given; of several the one that keeps stereochemistry. In a
        file without a header the columns are called ``column_1``, ``column_2``…
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
        If a file is of an unknown kind, or empty; if a column cannot be found.
    ConfigError
        If a file is named twice, or standard input together with files.

    Notes
    -----
    An SDF is read to its end beforehand, for the names of all its tags. Its columns are the
    ``smiles``, made by RDKit, the ``name`` in the title line, and the tags; where a tag bears one
    of those two names, it keeps it, and ours is called ``mol_smiles`` or ``mol_name``.
    """
    sources = find_sources(source)
    readers = [open_reader(each, smiles_column) for each in sources]
    selection = select_columns(readers, columns, id_column)
    others = len(readers) - 1
    added = [unique_name("file", selection.names, prefix="source_")] if others else []
    return Library(
        name=str(readers[0].source) + (f" and {others} more" if others else ""),
        paths=tuple(each.path for each in sources if each.is_file),
        columns=(*added, *selection.names),
        left_out=selection.left_out,
        smiles_index=selection.smiles_index + len(added),
        id_index=None if selection.id_index is None else selection.id_index + len(added),
        _notes=(*(note for reader in readers for note in reader.notes), *selection.notes),
        _parts=tuple(map(_Part, readers, selection.picks)),
    )


@dataclass(frozen=True)
class _Part:
    """One of a library's files, and where it has the library's columns, those left out last."""

    reader: Reader
    picks: Sequence[int | None]

    def rows(self, places: Sequence[int]) -> Generator[Row]:
        """Yield the rows with the cells of the library's columns at *places*."""
        picks = [self.picks[place] for place in places]
        present = [pick for pick in picks if pick is not None]
        rows = self.reader.rows(present)
        return rows if len(present) == len(picks) else _with_blanks(rows, picks)


def _with_blanks(rows: Generator[Row], picks: Sequence[int | None]) -> Generator[Row]:
    """Yield the rows with a blank for each column that the file lacks."""
    places = (place for place, pick in enumerate(picks) if pick is not None)
    blank, place_of_next = [""] * len(picks), tuple(places)
    with closing(rows):
        for row in rows:
            cells = blank.copy()
            for place, cell in zip(place_of_next, row.fields, strict=True):
                cells[place] = cell
            yield replace(row, fields=tuple(cells))


def _join(parts: Sequence[_Part], places: Sequence[int]) -> Generator[Row]:
    """Yield the rows of one file after the other, each with the file's name before its fields."""
    number = 0
    for part in parts:
        name = str(part.reader.source)
        with closing(part.rows(places)) as rows:
            for row in rows:
                yield Row(number, row.line, row.smiles, (name, *row.fields), row.block)
                number += 1
