"""Parquet: tables by columns, of which only those that are asked for are read."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from molgnn.chem.reading.cell_types import dtype_of, holds_text
from molgnn.chem.reading.columns import find_columns
from molgnn.chem.reading.readers.base import Reader
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row
from molgnn.errors import FileProblem, TableError
from molgnn.names import count_repeats

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

_BUFFER = 1 << 20
_N_SAMPLED = 20


@dataclass(frozen=True)
class ParquetReader(Reader):
    """Cells that are no text become what Python prints; a gap (null, NaN) is empty."""

    column_types: tuple[str, ...]
    columns_of_text: frozenset[int]

    @property
    def types(self) -> tuple[str, ...]:
        """Those of the file."""
        return self.column_types

    @property
    def text_columns(self) -> frozenset[int]:
        """Those that the file declares as text."""
        return self.columns_of_text

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield the rows, a batch in memory at a time."""
        wanted = sorted({*picks, self.smiles_index})
        places = [wanted.index(index) for index in picks]
        smiles_place = wanted.index(self.smiles_index)
        number = 0
        self.enhanced_stereo.clear()
        with closing(_read_batches(self.source, self.columns, wanted)) as batches:
            for batch in batches:
                fields = zip(*(batch[place] for place in places), strict=True)
                for smiles, cells in zip(batch[smiles_place], fields, strict=True):
                    if "|" in smiles:
                        self.enhanced_stereo.look_at(smiles, number + 1)
                    yield Row(number, number + 1, smiles.strip(), cells)
                    number += 1


def open_parquet(source: Source, smiles_column: str | None) -> ParquetReader:
    """Read the names of the columns, and the first rows where these do not tell the SMILES."""
    with _open(source) as file:
        schema = file.schema_arrow
    columns = tuple(schema.names)
    types = tuple(map(dtype_of, schema.types))
    texts = frozenset(place for place, kind in enumerate(schema.types) if holds_text(kind))
    if not columns:
        raise TableError(f"{source}: expected a column of SMILES but the table has no columns")
    with closing(_read_batches(source, columns, range(len(columns)), _N_SAMPLED)) as batches:
        sample = list(zip(*next(batches, []), strict=True))
    found = find_columns(source, [columns, *sample], smiles_column)
    return ParquetReader(source, columns, found.smiles_index, None, types, texts, notes=found.notes)


@contextmanager
def _open(source: Source) -> Iterator[ParquetFile]:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(source.path, buffer_size=_BUFFER) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise FileProblem(
            f"{source}: expected a Parquet file but {str(error).rstrip('.')}; fix: fetch it again, "
            "or give it the suffix of what it is"
        ) from error


def _read_batches(
    source: Source, columns: Sequence[str], wanted: Sequence[int], n_rows: int = 1024
) -> Generator[list[list[str]]]:
    """Yield the *wanted* columns as text, *n_rows* at a time."""
    keys = count_repeats(columns)
    names = list(dict.fromkeys(columns[index] for index in wanted))
    with _open(source) as file:
        for batch in file.iter_batches(n_rows, columns=names, use_threads=False):
            places = count_repeats(batch.schema.names)  # columns of one name stand together here
            yield [_as_texts(batch.column(places.index(keys[index]))) for index in wanted]


def _as_texts(column: pa.Array) -> list[str]:
    """Return the cells as text, empty where there is a gap."""
    import pyarrow as pa

    try:
        if column.type in (pa.float16(), pa.float32()):
            # numpy knows how few digits tell such a number; Python would write it as a double.
            cells = column.to_numpy(zero_copy_only=False)
        else:
            cells = column.to_pylist()
    except UnicodeDecodeError:  # a writer's fault: text is UTF-8 by definition
        cells = column.cast(pa.large_binary()).to_pylist()
    except (ValueError, OverflowError):  # a date that Python's calendar does not have
        cells = column.cast(pa.large_string()).to_pylist()
    return ["" if cell is None or cell != cell else _as_text(cell) for cell in cells]


def _as_text(cell: object) -> str:
    return cell.decode("utf-8", "surrogateescape") if isinstance(cell, bytes) else str(cell)
