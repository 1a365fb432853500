"""Parquet: typed columns, for those who go on with pandas, DuckDB or Spark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from molgnn.chem.reading import as_text
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.base import OutputFormat, distinct_names

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_PER_GROUP = 1 << 17


class ParquetFormat(OutputFormat["pa.RecordBatch"]):
    """The library's cells as text, a 32-bit float per task, null where there is no score.

    Parquet knows only UTF-8: cells that are none are read as Windows-1252, as Excel writes it.

    Notes
    -----
    Parts are Arrow streams, which take a quarter of the time to write: column by column, Parquet
    compresses the better the more rows stand together, so that is left to the end.
    """

    @cached_property
    def _schema(self) -> pa.Schema:
        import pyarrow as pa

        n_texts = self._n_columns + len(("status", "reason"))
        types = [pa.string()] * n_texts + [pa.float32()] * (len(self.names) - n_texts)
        if self._ranked:
            types[0] = pa.int64()
        names = distinct_names(map(as_text, self.names))
        return pa.schema(list(zip(names, types, strict=True)))

    def encode(self, chunk: ScoredChunk) -> pa.RecordBatch:
        """Return the rows of *chunk* as columns."""
        import pyarrow as pa

        columns: list[Any] = [
            _as_texts([row.fields[place] for row in chunk.rows]) for place in range(self._n_columns)
        ]
        if self._ranked:
            columns[0] = list(map(int, columns[0]))
        rejected = [chunk.scores.rejected.get(position) for position in range(len(chunk.rows))]
        columns.append(["ok" if each is None else "rejected" for each in rejected])
        columns.append([None if each is None else as_text(each.reason) for each in rejected])
        columns.extend(chunk.scores.values.T)
        arrays = [
            pa.array(column, field.type, from_pandas=True)
            for column, field in zip(columns, self._schema, strict=True)
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


def _as_texts(cells: list[str]) -> list[str]:
    try:
        "".join(cells).encode()  # one look at all of them, as all is UTF-8 nearly always
    except UnicodeEncodeError:
        return list(map(as_text, cells))
    return cells


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
