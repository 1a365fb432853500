from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from molgnn.chem.reading import Library, open_library
from molgnn.chem.tables import read_table
from molgnn.errors import FileProblem, TableError


def library(folder: Path, table: dict[str, Any], **options: Any) -> Library:
    parquet.write_table(pa.table(table), folder / "a.parquet", row_group_size=700)
    return open_library(folder / "a.parquet", **options)


def test_a_row_is_a_row_and_its_line_is_its_position(tmp_path: Path) -> None:
    smiles = [f"{'C' * (i % 9 + 1)}O" for i in range(3000)]
    rows = library(tmp_path, {"id": range(3000), "SMILES": smiles})
    assert rows.columns == ("id", "SMILES")
    assert [row.smiles for row in rows] == smiles
    assert [row.line for row in rows] == list(range(1, 3001))
    assert [row.number for row in rows] == list(range(3000))
    assert [row.fields[0] for row in rows] == [str(i) for i in range(3000)]


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (["a", None, ""], ["a", "", ""]),
        ([1, None, -(2**63)], ["1", "", "-9223372036854775808"]),
        ([1.0, None, float("nan")], ["1.0", "", ""]),
        ([0.1, 1e300, 1e-07], ["0.1", "1e+300", "1e-07"]),
        (pa.array([0.1, None, 1e-7], pa.float32()), ["0.1", "", "1e-07"]),
        ([True, False, None], ["True", "False", ""]),
        ([dt.date(2024, 5, 1), None, None], ["2024-05-01", "", ""]),
        (pa.array([10**7, None, 0], pa.date32()), ["29349-01-26", "", "1970-01-01"]),
        ([Decimal("1.50"), None, None], ["1.50", "", ""]),
        ([[1, 2], [], None], ["[1, 2]", "[]", ""]),
        ([b"a", b"caf\xe9", None], ["a", "caf\udce9", ""]),
        (pa.array(["x", "y", None]).dictionary_encode(), ["x", "y", ""]),
        (pa.array(["x", "y", None], pa.large_string()), ["x", "y", ""]),
        ([None, None, None], ["", "", ""]),
    ],
)
def test_cells_become_text_as_it_is_expected(tmp_path: Path, cells: Any, texts: list[str]) -> None:
    rows = library(tmp_path, {"smiles": ["C", " CC ", None], "x": cells})
    assert [row.fields[1] for row in rows] == texts
    assert [row.smiles for row in rows] == ["C", "CC", ""]


def test_text_that_is_no_utf_8_is_kept(tmp_path: Path) -> None:
    broken = pa.array([b"caf\xe9", b"x"]).view(pa.string())
    rows = library(tmp_path, {"smiles": ["C", "CC"], "x": broken})
    assert [row.fields[1] for row in rows] == ["caf\udce9", "x"]


def test_columns_are_found_and_kept_as_in_other_tables(tmp_path: Path) -> None:
    columns = {"name": ["ethanol", "x"], "structure": ["CCO", "CC"], "y": [1, 0], "z": [2, 3]}
    assert library(tmp_path, columns).smiles_index == 1
    rows = library(tmp_path, columns, columns=["z", "name"], id_column="y")
    assert rows.columns == ("y", "structure", "z", "name")
    assert [row.fields for row in rows] == [("1", "CCO", "2", "ethanol"), ("0", "CC", "3", "x")]
    with pytest.raises(TableError, match="did you mean structure"):
        library(tmp_path, columns, smiles_column="structur")
    with pytest.raises(TableError, match="'a' seems to hold SMILES; fix"):
        library(tmp_path, {"a": ["CCO", "CC"], "b": [1, 2]})


def test_columns_of_one_name_stay_apart(tmp_path: Path) -> None:
    arrays = [pa.array([cell]) for cell in ("1", "C", "2")]
    table = pa.Table.from_arrays(arrays, ["x", "smiles", "x"])
    parquet.write_table(table, tmp_path / "a.parquet")
    assert [row.fields for row in open_library(tmp_path / "a.parquet")] == [("1", "C", "2")]


def test_a_column_may_be_called_like_a_part_of_another(tmp_path: Path) -> None:
    rows = library(tmp_path, {"a": [{"b": 1}], "smiles": ["C"], "a.b": [2]}, columns=["a.b"])
    assert [row.fields for row in rows] == [("C", "2")]


def test_a_table_without_rows_has_none(tmp_path: Path) -> None:
    assert list(library(tmp_path, {"smiles": pa.array([], pa.string())})) == []
    with pytest.raises(TableError, match="no columns"):
        library(tmp_path, {})


def test_what_is_no_parquet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_text("smiles,x\nC,1\n")
    with pytest.raises(
        FileProblem, match=r"a\.parquet: expected a Parquet file but .*; fix: fetch"
    ):
        open_library(path)
    parquet.write_table(pa.table({"smiles": ["CCO"] * 9000}), path, compression="snappy")
    damaged = bytearray(path.read_bytes())
    damaged[20:60] = b"\xff" * 40
    path.write_bytes(damaged)
    with pytest.raises(FileProblem, match="expected a Parquet file but"):
        list(open_library(path, "smiles"))


def test_a_reading_that_ends_early_closes_the_file(tmp_path: Path) -> None:
    with library(tmp_path, {"smiles": ["C"] * 5000}) as rows:
        reading = iter(rows)
        next(reading)
    assert list(reading) == []


def test_labels_are_read_from_it(tmp_path: Path) -> None:
    parquet.write_table(
        pa.table({"smiles": ["C", "CC"], "y": [1, None], "z": [0.5, 2.0]}), tmp_path / "a.parquet"
    )
    table = read_table(tmp_path / "a.parquet")
    assert table.tasks.names == ["y", "z"]
    assert table.labels[:, 1].tolist() == [0.5, 2.0]


def test_a_real_library_comes_back(shared_data: Path, tmp_path: Path) -> None:
    with (shared_data / "libraries" / "drug_repurposing_hub.csv").open(newline="") as file:
        header, *cells = csv.reader(file)
    columns = dict(zip(header, zip(*cells, strict=True), strict=True))
    rows = library(tmp_path, columns)
    assert list(rows.columns) == header
    assert [list(row.fields) for row in rows] == cells
