from __future__ import annotations

import io
from collections.abc import Callable

import pyarrow as pa
import pytest
from pyarrow import parquet

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.parquet import ParquetFormat


def write(table: ParquetFormat, *parts: ScoredChunk) -> parquet.ParquetFile:
    files = [io.BytesIO() for _ in parts]
    for file, chunk in zip(files, parts, strict=True):
        table.write_part([table.encode(chunk)], file)
        file.seek(0)
    output = io.BytesIO()
    table.merge(files, output)
    return parquet.ParquetFile(io.BytesIO(output.getvalue()))


def test_scores_are_32_bit_floats_and_all_else_is_text(scored: Callable[..., ScoredChunk]) -> None:
    file = write(ParquetFormat(["smiles"], ["NR-AR"]), scored([("C",)], [[0.1]]))
    assert dict(zip(file.schema_arrow.names, file.schema_arrow.types, strict=True)) == {
        "smiles": pa.string(), "status": pa.string(), "reason": pa.string(), "NR-AR": pa.float32(),
    }  # fmt: skip


def test_what_is_not_there_is_null(scored: Callable[..., ScoredChunk]) -> None:
    chunk = scored([("C",), ("",)], [[0.5], [0]], {1: "empty SMILES: nothing"})
    assert write(ParquetFormat(["smiles"], ["NR-AR"]), chunk).read().to_pylist() == [
        {"smiles": "C", "status": "ok", "reason": None, "NR-AR": 0.5},
        {"smiles": "", "status": "rejected", "reason": "empty SMILES: nothing", "NR-AR": None},
    ]


def test_bytes_that_are_no_utf8_are_read_as_windows_1252(
    scored: Callable[..., ScoredChunk],
) -> None:
    table = ParquetFormat(["smiles", "gr\udcf6\udcdfe"], ["NR-AR"])
    [row] = write(table, scored([("C", "caf\udce9")], [[0.5]])).read().to_pylist()
    assert row["größe"] == "café"


def test_two_columns_of_one_name_are_told_apart(scored: Callable[..., ScoredChunk]) -> None:
    file = write(ParquetFormat(["smiles", "", "smiles"], ["a"]), scored([("C", "", "N")], [[0.5]]))
    assert file.schema_arrow.names[:3] == ["smiles", "column_2", "smiles_2"]


def test_small_parts_stand_together_in_one_row_group(scored: Callable[..., ScoredChunk]) -> None:
    chunks = [scored([("C",)], [[0.5]]) for _ in range(3)]
    assert write(ParquetFormat(["smiles"], ["a"]), *chunks).num_row_groups == 1


def test_many_rows_stand_in_several_row_groups(
    scored: Callable[..., ScoredChunk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("molgnn.screening.formats.parquet._ROWS_PER_GROUP", 2)
    chunks = [scored([(f"{i}",)], [[0.5]]) for i in range(5)]
    file = write(ParquetFormat(["smiles"], ["a"]), *chunks)
    assert [file.metadata.row_group(i).num_rows for i in range(3)] == [2, 2, 1]
    assert file.read()["smiles"].to_pylist() == ["0", "1", "2", "3", "4"]


def test_ranks_are_whole_numbers(scored: Callable[..., ScoredChunk]) -> None:
    table = ParquetFormat(["rank", "smiles"], ["NR-AR"], ranked=True)
    ranks = write(table, scored([("1", "C"), ("2", "N")], [[0.5], [0.25]])).read()["rank"]
    assert ranks.type == pa.int64()
    assert ranks.to_pylist() == [1, 2]
