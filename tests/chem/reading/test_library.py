from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molgnn.chem.reading import Library, open_library
from molgnn.errors import FileProblem, TableError


def library(folder: Path, name: str, content: bytes, column: str | None = None) -> Library:
    (folder / name).write_bytes(content)
    return open_library(folder / name, column)


def smiles_of(rows: Library) -> list[str]:
    return [row.smiles for row in rows]


def test_every_line_is_a_row_and_the_last_end_starts_none(tmp_path: Path) -> None:
    rows = list(library(tmp_path, "a.smi", b"C\n\n \nCC\n\n"))
    assert [row.smiles for row in rows] == ["C", "", "", "CC", ""]
    assert [row.line for row in rows] == [1, 2, 3, 4, 5]
    assert [row.number for row in rows] == [0, 1, 2, 3, 4]
    assert smiles_of(library(tmp_path, "b.smi", b"C\nCC")) == ["C", "CC"]


def test_a_csv_keeps_every_cell_as_it_is(tmp_path: Path) -> None:
    content = b'id,smiles,note\n1, CCO ,"a ""b"", c"\n\n2,CC,d\n'
    rows = list(library(tmp_path, "a.csv", content))
    assert [row.fields for row in rows] == [
        ("1", " CCO ", 'a "b", c'),
        ("", "", ""),
        ("2", "CC", "d"),
    ]
    assert [row.smiles for row in rows] == ["CCO", "", "CC"]


def test_missing_cells_are_empty_and_excess_ones_stay_in_the_last(tmp_path: Path) -> None:
    rows = library(tmp_path, "a.csv", b"smiles,a,b\nC\nC,1,2,3,4\n")
    assert [row.fields for row in rows] == [("C", "", ""), ("C", "1", "2,3,4")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_csv_is_found_out(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["name", "SMILES", "x"]) + "\n" + delimiter.join(["a", "CCO", "1"]) + "\n"
    [row] = library(tmp_path, "a.csv", text.encode())
    assert row.fields == ("a", "CCO", "1")


def test_a_delimiter_that_isolates_the_smiles_header_is_preferred(tmp_path: Path) -> None:
    [row] = library(tmp_path, "a.csv", b"smiles;logP, found, at pH 7\nCCO;1\n")
    assert row.fields == ("CCO", "1")


def test_a_csv_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert smiles_of(library(tmp_path, "a.csv", b"smiles\nCCO\nCC\n")) == ["CCO", "CC"]


def test_the_user_may_name_the_column(tmp_path: Path) -> None:
    content = b"smiles,Parent\nCCO.Cl,CCO\n"
    assert smiles_of(library(tmp_path, "a.csv", content, "parent")) == ["CCO"]
    with pytest.raises(TableError, match=r"'parnt' but got the columns 'smiles', 'Parent'.*Parent"):
        library(tmp_path, "a.csv", content, "parnt")


def test_a_csv_without_a_header_is_recognized(tmp_path: Path) -> None:
    rows = library(tmp_path, "a.csv", b"1,CCO\n2,CCN\n3,CC(\n")
    assert rows.columns == ("column_1", "column_2")
    assert smiles_of(rows) == ["CCO", "CCN", "CC("]
    assert smiles_of(library(tmp_path, "a.csv", b"x,C(\ny,CC\n", "column_2")) == ["C(", "CC"]


def test_a_header_that_could_be_a_smiles_is_a_header_if_the_rows_are_none(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="the columns 'CNS', 'NO'"):
        library(tmp_path, "a.csv", b"CNS,NO\n1,2\n3,4\n")


def test_a_column_of_smiles_under_another_name_is_pointed_at(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"'Formel' seems to hold SMILES; fix: .*smiles_column=…"):
        library(tmp_path, "a.csv", b"Nr,Formel\n1,CCO\n2,CCN\n")


def test_a_quoted_cell_may_span_lines(tmp_path: Path) -> None:
    rows = list(library(tmp_path, "a.csv", b'smiles,note\nC,"one\ntwo\r\nthree"\nCC,x\n'))
    assert rows[0].fields == ("C", "one\ntwo\r\nthree")
    assert (rows[1].number, rows[1].line, rows[1].smiles) == (1, 5, "CC")


def test_a_quoted_cell_may_span_lines_in_a_row_that_lacks_cells(tmp_path: Path) -> None:
    rows = list(library(tmp_path, "a.csv", b'smiles,note,id\nC,"one\ntwo"\nCC,x,y\n'))
    assert [row.fields for row in rows] == [("C", "one\ntwo", ""), ("CC", "x", "y")]


@pytest.mark.parametrize(
    "stray",
    ['C,"open', '"C,open', 'C,5" pipe', 'C,"a"b', '"'],
)
def test_a_stray_quotation_mark_costs_no_other_row(tmp_path: Path, stray: str) -> None:
    tail = [f'CC{"C" * (i % 5)},"name {i}"' if i % 3 else f"CCO,{i}" for i in range(300)]
    text = "\n".join(["smiles,note", "N,before", stray, *tail]) + "\n"
    rows = list(library(tmp_path, "a.csv", text.encode()))
    assert len(rows) == 302
    assert [row.line for row in rows] == list(range(2, 304))
    assert ",".join(rows[1].fields).rstrip(",") == stray.rstrip(",")
    assert rows[-1].fields[1] == "name 299"


def test_two_stray_marks_do_not_join_the_rows_between(tmp_path: Path) -> None:
    text = 'smiles,note\nC,"left\nCC,x\nCCC,y\nCCCC,"right\nN,z\n'
    assert smiles_of(library(tmp_path, "a.csv", text.encode())) == ["C", "CC", "CCC", "CCCC", "N"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    text = f"{mark}smiles,name\r\nCCO,\u03b2-\u9178\r\n"
    [row] = library(tmp_path, "a.csv", text.encode(encoding))
    assert row.fields == ("CCO", "\u03b2-\u9178")


def test_bytes_that_are_no_utf8_come_back_undamaged(tmp_path: Path) -> None:
    [row] = library(tmp_path, "a.csv", b"smiles,name\nCCO,caf\xe9\xff\n")
    assert row.fields[1].encode("utf-8", "surrogateescape") == b"caf\xe9\xff"


def test_odd_bytes_stay_in_their_cells(tmp_path: Path) -> None:
    content = b"smiles,name\r\nC\x00C,a\rb\nCC,c\x0bd\x1ce\xc2\x85f\r\n"
    assert [row.fields for row in library(tmp_path, "a.csv", content)] == [
        ("C\x00C", "a\rb"),
        ("CC", "c\x0bd\x1ce\x85f"),
    ]


def test_a_file_with_no_other_line_ends_is_split_at_carriage_returns(tmp_path: Path) -> None:
    assert smiles_of(library(tmp_path, "a.csv", b"smiles,x\rC,1\rCC,2\r")) == ["C", "CC"]


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_cell_may_hold_megabytes(tmp_path: Path, quote: bytes) -> None:
    note = b"x" * 3_000_000
    limit = csv.field_size_limit()
    rows = list(library(tmp_path, "a.csv", b"smiles,x\nC," + quote + note + quote + b"\nCC,y\n"))
    assert len(rows[0].fields[1]) == len(note)
    assert rows[1].smiles == "CC"
    assert csv.field_size_limit() == limit


def test_a_missing_file_is_answered_with_names_near_it(tmp_path: Path) -> None:
    (tmp_path / "library.csv").write_text("smiles\nC\n")
    with pytest.raises(FileProblem, match=r"does not exist; fix: did you mean library\.csv"):
        open_library(tmp_path / "libary.csv")
    with pytest.raises(FileProblem, match="nowhere does not exist either"):
        open_library(tmp_path / "nowhere" / "library.csv")


def test_what_cannot_be_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="got the folder"):
        open_library(tmp_path)
    with pytest.raises(TableError, match="the file is empty"):
        library(tmp_path, "empty.smi", b"")
    with pytest.raises(TableError, match=r"\.smi.*\.csv.*\.parquet.* but got a\.doc"):
        library(tmp_path, "a.doc", b"x\n")
    with pytest.raises(TableError, match="a SMILES file has the columns smiles and name"):
        library(tmp_path, "a.smi", b"C\n", "structure")


def test_a_library_can_be_read_again_and_is_closed_with_its_block(tmp_path: Path) -> None:
    with library(tmp_path, "a.smi", b"C\nCC\nCCC\n") as rows:
        assert smiles_of(rows) == smiles_of(rows)
        reading = iter(rows)
        next(reading)
    assert list(reading) == []


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert list(library(tmp_path, "a.csv", b"smiles,x\n")) == []
    assert list(library(tmp_path, "b.csv", b"mol")) == []


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12).filter(
    lambda cell: not cell.startswith('="')  # Excel's guard, which is no part of the cell
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=30))
@settings(max_examples=150)
def test_what_csv_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "smiles", "note"), *cells])
    assert [row.fields for row in open_library(path)] == cells


@given(st.lists(st.text('C",\t |x', max_size=8).filter(lambda line: "\n" not in line), max_size=40))
@settings(max_examples=200)
def test_no_line_is_lost_whatever_the_quotes(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text("\n".join(["smiles,x,y", *lines]) + "\n", encoding="utf-8")
    rows = list(open_library(path))
    n_joined = sum(cell.count("\n") for row in rows for cell in row.fields)
    assert all(len(row.fields) == 3 for row in rows)
    assert len(rows) + n_joined == len(lines)


def test_real_tables_are_read_as_csv_reads_them(shared_data: Path) -> None:
    path = shared_data / "libraries" / "drug_repurposing_hub.csv"
    with path.open(newline="", encoding="utf-8") as file:
        expected = list(csv.reader(file))
    rows = open_library(path)
    assert list(rows.columns) == expected[0]
    assert [list(row.fields) for row in rows] == expected[1:]
