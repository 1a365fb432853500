"""What was a number, a boolean or a date in a file is one again, having travelled as text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from molgnn.chem.reading import open_library
from molgnn.chem.reading.cell_types import (
    arrow_type,
    dtype_of,
    holds_text,
    is_date_type,
    parse_cells,
    time_zone,
)

KEPT = [
    pa.array([1, None, -5], pa.int8()),
    pa.array([1, None, 2**64 - 1], pa.uint64()),
    pa.array([0.1, None, 1e-7], pa.float32()),
    pa.array([0.1, None, float("inf")], pa.float64()),
    pa.array([True, None, False]),
    pa.array([dt.date(2024, 5, 1), None, dt.date(1, 1, 1)]),
    pa.array([10**7, None, 0], pa.date32()),
    pa.array([dt.datetime(2024, 5, 1, 10, 11, 12, 123456), None, dt.datetime(1969, 1, 1)]),
    pa.array([1, None, 10**18], pa.timestamp("ns")),
    pa.array([10**16, None, 0], pa.timestamp("us")),
    pa.array([1_700_000_000_000, None, 0], pa.timestamp("ms", tz="Europe/Berlin")),
    pa.array([Decimal("1.50"), None, Decimal("-3.25")], pa.decimal128(5, 2)),
]


@pytest.mark.parametrize("column", KEPT, ids=lambda column: str(column.type))
def test_a_parquet_column_comes_back_in_its_type_with_its_gaps(
    tmp_path: Path, column: pa.Array
) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"smiles": ["C", "CC", "CCC"], "x": column}), path)
    with open_library(path) as rows:
        assert rows.types == ("text", dtype_of(column.type))
        again = parse_cells([row.fields[1] for row in rows], rows.types[1])
    assert again.equals(column)


@pytest.mark.parametrize(
    "column",
    [["a"], [[1, 2]], [b"a"], [{"a": 1}], pa.array(["x"]).dictionary_encode(), [None]],
    ids=["text", "list", "bytes", "structure", "category", "gaps"],
)
def test_all_else_is_text(column: Any) -> None:
    assert dtype_of(pa.array(column).type if isinstance(column, list) else column.type) == "text"
    assert arrow_type("text") == pa.string()


def test_a_text_column_has_no_gaps() -> None:
    assert parse_cells(["a", ""], "text").to_pylist() == ["a", ""]


def test_a_column_has_a_type_where_all_files_agree(tmp_path: Path) -> None:
    for name, cells in {"a": pa.array([1]), "b": pa.array([0.5])}.items():
        table = pa.table({"smiles": ["C"], "n": [1], "x": cells})
        parquet.write_table(table, tmp_path / f"{name}.parquet")
    with open_library(tmp_path / "*.parquet") as rows:
        assert dict(zip(rows.columns, rows.types, strict=True)) == {
            "file": "text", "smiles": "text", "n": "int64", "x": "text",
        }  # fmt: skip


def test_a_dataframe_tells_its_types() -> None:
    frame = pd.DataFrame(
        {"smiles": ["C"], "n": pd.array([1], "Int64"), "x": [0.5], "when": [pd.Timestamp(0)],
         "series": pd.Categorical(["A"]), "ok": [True], "odd": [object()]}
    )  # fmt: skip
    with open_library(frame, columns=["when", "x", "n", "ok", "series", "odd"]) as rows:
        kinds = dict(zip(rows.columns, rows.types, strict=True))
    when = kinds.pop("when")
    assert when.startswith("timestamp[")
    assert kinds == {
        "smiles": "text", "x": "float64", "n": "int64", "ok": "bool", "series": "text",
        "odd": "text",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "is_text"),
    [
        (pa.string(), True),
        (pa.large_string(), True),
        (pa.dictionary(pa.int8(), pa.string()), True),
        (pa.dictionary(pa.int8(), pa.float64()), False),
        (pa.int64(), False),
        (pa.null(), False),
    ],
)
def test_a_type_tells_whether_its_cells_are_texts(kind: pa.DataType, is_text: bool) -> None:
    assert holds_text(kind) is is_text


def test_dates_and_timestamps_are_told_and_their_time_zones() -> None:
    assert [*map(is_date_type, ["date", "timestamp[us]", "int64", "text"])] == [1, 1, 0, 0]
    zones = [*map(time_zone, ["timestamp[us, tz=UTC]", "timestamp[us]", "date", "text"])]
    assert zones == ["UTC", None, None, None]
