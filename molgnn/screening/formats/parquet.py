"""Parquet: typed columns, for those who go on with pandas, DuckDB or Spark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from molgnn.chem.reading import as_text
from molgnn.chem.reading.cell_types import arrow_type, parse_cells
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.base import OutputFormat

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_GROUP = 1 << 17


class ParquetFormat(OutputFormat["pa.RecordBatch"]):
    """The library's columns in their own types, 32-bit floats for tasks, null where nothing is.

    Parquet knows only UTF-8: cells that are none are read as Windows-1252, as Excel writes it.

    Notes
    -----
    Parts are Arrow streams, which take a quarter of the time to write: column by column, Parquet
    compresses the better the more rows stand together, so that is left to the end.
    """

    @cached_property
    def _schema(self) -> pa.Schema:
        import pyarrow as pa

        types = [arrow_type(column.dtype) for column in self.table.columns]
        return pa.schema(list(zip(self.table.distinct_names, types, strict=True)))

    def encode(self, chunk: ScoredChunk) -> pa.RecordBatch:
        """Return the rows of *chunk* as columns."""
        import pyarrow as pa

        predictions, ok = chunk.predictions, chunk.predictions.ok
        reasons = [predictions.rejected.get(position) for position in range(len(chunk.rows))]
        predicted = [
            ["ok" if why is None else "rejected" for why in reasons],
            [None if why is None else as_text(why.reason) for why in reasons],
            *(predictions.values[:, place] for place in range(len(predictions.tasks))),
            *predictions.added.values(),
        ]
        n_read = len(self.table.library)
        arrays = [
            parse_cells(_as_utf_8([row.fields[place] for row in chunk.rows]), column.dtype)
            for place, column in enumerate(self.table.library)
        ]
        arrays += [
            pa.array(cells, field.type, mask=_gaps(cells, ok))
            for cells, field in zip(predicted, list(self._schema)[n_read:], strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def write_part(self, pieces: Iterable[pa.RecordBatch], file: BinaryIO) -> None:
        """Write *pieces* as an Arrow stream."""
        import pyarrow as pa

        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(file, self._schema, options=options) as stream:
            for piece in pieces:
                stream.write_batch(piece)

    def merge(self, parts: Iterable[BinaryIO], output: BinaryIO) -> None:
        """Write the rows of all *parts*, a hundred thousand and some to a row group."""
        from pyarrow import parquet

        with parquet.ParquetWriter(output, self._schema, compression="zstd") as writer:
            for group in _row_groups(parts):
                writer.write_table(group, row_group_size=group.num_rows)


def _as_utf_8(cells: list[str]) -> list[str]:
    try:
        "".join(cells).encode()  # one look at all of them, as all is UTF-8 nearly always
    except UnicodeEncodeError:
        return list(map(as_text, cells))
    return cells


def _gaps(cells: Any, ok: np.ndarray) -> np.ndarray | None:
    """Return which cells are null: of predictions, those of rejected rows, and any that is NaN."""
    if not isinstance(cells, np.ndarray) or cells.dtype == object:
        return None
    return ~ok | np.isnan(cells)


def _row_groups(parts: Iterable[BinaryIO]) -> Iterator[pa.Table]:
    """Yield the rows of *parts*, those of several together where they are small."""
    import pyarrow as pa

    tables: list[pa.Table] = []
    for part in parts:
        tables.append(pa.ipc.open_stream(part).read_all())
        if sum(table.num_rows for table in tables) >= _ROWS_PER_GROUP:
            yield pa.concat_tables(tables)
            tables = []
    if any(table.num_rows for table in tables):
        yield pa.concat_tables(tables)
