from __future__ import annotations

import io
from collections.abc import Callable

import pyarrow as pa
import pytest
from pyarrow import parquet

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.parquet import ParquetFormat
from molgnn.screening.table import OutputTable

Scored = Callable[..., ScoredChunk]
TableOf = Callable[..., OutputTable]


def write(table: ParquetFormat, *parts: ScoredChunk) -> parquet.ParquetFile:
    files = [io.BytesIO() for _ in parts]
    for file, chunk in zip(files, parts, strict=True):
        table.write_part([table.encode(chunk)], file)
        file.seek(0)
    output = io.BytesIO()
    table.merge(files, output)
    return parquet.ParquetFile(io.BytesIO(output.getvalue()))


def test_scores_are_32_bit_floats_and_all_else_is_text(scored: Scored, table_of: TableOf) -> None:
    file = write(ParquetFormat(table_of(["smiles"], ["NR-AR"])), scored([("C",)], [[0.1]]))
    assert dict(zip(file.schema_arrow.names, file.schema_arrow.types, strict=True)) == {
        "smiles": pa.string(), "status": pa.string(), "reason": pa.string(), "NR-AR": pa.float32(),
    }  # fmt: skip


def test_what_is_not_there_is_null(scored: Scored, table_of: TableOf) -> None:
    chunk = scored([("C",), ("",)], [[0.5], [0]], {1: "empty SMILES: nothing"})
    assert write(ParquetFormat(table_of(["smiles"], ["NR-AR"])), chunk).read().to_pylist() == [
        {"smiles": "C", "status": "ok", "reason": None, "NR-AR": 0.5},
        {"smiles": "", "status": "rejected", "reason": "empty SMILES: nothing", "NR-AR": None},
    ]


def test_bytes_that_are_no_utf8_are_read_as_windows_1252(scored: Scored, table_of: TableOf) -> None:
    table = ParquetFormat(table_of(["smiles", "gr\udcf6\udcdfe"], ["NR-AR"]))
    [row] = write(table, scored([("C", "caf\udce9")], [[0.5]])).read().to_pylist()
    assert row["größe"] == "café"


def test_two_columns_of_one_name_are_told_apart(scored: Scored, table_of: TableOf) -> None:
    file = write(
        ParquetFormat(table_of(["smiles", "", "smiles"], ["a"])), scored([("C", "", "N")], [[0.5]])
    )
    assert file.schema_arrow.names[:3] == ["smiles", "column_2", "smiles_2"]


def test_small_parts_stand_together_in_one_row_group(scored: Scored, table_of: TableOf) -> None:
    chunks = [scored([("C",)], [[0.5]]) for _ in range(3)]
    assert write(ParquetFormat(table_of(["smiles"], ["a"])), *chunks).num_row_groups == 1


def test_many_rows_stand_in_several_row_groups(
    scored: Scored,
    monkeypatch: pytest.MonkeyPatch,
    table_of: TableOf,
) -> None:
    monkeypatch.setattr("molgnn.screening.formats.parquet._ROWS_PER_GROUP", 2)
    chunks = [scored([(f"{i}",)], [[0.5]]) for i in range(5)]
    file = write(ParquetFormat(table_of(["smiles"], ["a"])), *chunks)
    assert [file.metadata.row_group(i).num_rows for i in range(3)] == [2, 2, 1]
    assert file.read()["smiles"].to_pylist() == ["0", "1", "2", "3", "4"]


def test_ranks_are_whole_numbers(scored: Scored, table_of: TableOf) -> None:
    table = ParquetFormat(table_of(["smiles"], ["NR-AR"]).with_ranks())
    ranks = write(table, scored([("1", "C"), ("2", "N")], [[0.5], [0.25]])).read()["rank"]
    assert ranks.type == pa.int64()
    assert ranks.to_pylist() == [1, 2]
