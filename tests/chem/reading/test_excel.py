"""Excel workbooks."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import pytest

from molgnn.chem.reading import open_library
from molgnn.chem.tables import read_table
from molgnn.errors import FileProblem, MissingDependency, TableError

openpyxl = pytest.importorskip("openpyxl")


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_a_sheet_is_a_table(tmp_path: Path) -> None:
    day = dt.datetime(2024, 5, 1)
    path = workbook(
        tmp_path, Data=[["id", "SMILES", "y", "day"], [1, "CCO", 0.1, day], [2, "CC", None, "x"]]
    )
    rows = open_library(path)
    assert (rows.columns, rows.smiles_index, rows.notes) == (("id", "SMILES", "y", "day"), 1, ())
    assert [row.fields for row in rows] == [
        ("1", "CCO", "0.1", "2024-05-01"),
        ("2", "CC", "", "x"),
    ]
    assert [row.line for row in rows] == [2, 3]
    assert open_library(path, columns=["y"]).columns == ("SMILES", "y")


def test_rows_before_the_header_and_behind_the_table_are_none(tmp_path: Path) -> None:
    rows = [[], ["smiles", "y"], ["C", 1], [None, None], ["CC", 0, "beyond"], [None, None], []]
    library = open_library(workbook(tmp_path, Data=rows))
    assert [(row.line, row.smiles) for row in library] == [(3, "C"), (4, ""), (5, "CC")]


def test_the_sheet_with_a_column_of_smiles_is_read_and_noted(tmp_path: Path) -> None:
    path = workbook(tmp_path, Notes=[["made by", "x"]], Empty=[], Data=[["smiles"], ["C"]])
    rows = open_library(path)
    assert [row.smiles for row in rows] == ["C"]
    assert rows.notes == (f"{path}: the sheet 'Data' is read, of 3",)


def test_labels_are_read_from_it(tmp_path: Path) -> None:
    path = workbook(tmp_path, Data=[["smiles", "y", "z"], ["C", 0.1, True], ["CC", "NA", False]])
    table = read_table(path)
    assert table.tasks.names == ["y", "z"]
    assert table.labels[:, 1].tolist() == [1, 0]


def test_what_is_no_workbook_or_holds_no_smiles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="'made by', 'x'"):
        open_library(workbook(tmp_path, Notes=[["made by", "x"]]))
    with pytest.raises(TableError, match="the file is empty"):
        open_library(workbook(tmp_path, Notes=[]))
    (tmp_path / "b.xlsx").write_text("smiles\nC\n")
    with pytest.raises(FileProblem, match=r"b\.xlsx: expected an Excel workbook but"):
        open_library(tmp_path / "b.xlsx")


def test_without_openpyxl_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path, Data=[["smiles"], ["C"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingDependency, match=r"\[excel\]"):
        open_library(path)
