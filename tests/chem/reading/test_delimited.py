"""CSV files as Excel and vendors write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from molgnn.chem.reading import Library, open_library
from molgnn.chem.standardize import Standardizer
from molgnn.errors import TableError


def library(folder: Path, name: str, content: bytes, column: str | None = None) -> Library:
    (folder / name).write_bytes(content)
    return open_library(folder / name, column)


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("sep=;", ";"),
        ("SEP=,", ","),
        ("sep=\t", "\t"),
        ('"sep=;"', ";"),
        ("sep=^", "^"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_the_line_that_tells_excel_the_delimiter_is_obeyed(
    tmp_path: Path, line: str, delimiter: str, name: str
) -> None:
    text = f"{line}\r\n" + "".join(
        delimiter.join(cells) + "\r\n" for cells in [("SMILES", "y"), ("CCO", "x")]
    )
    rows = library(tmp_path, name, f"\ufeff{text}".encode())
    [row] = rows
    assert (row.line, row.smiles, row.fields[-1]) == (3, "CCO", "x")
    assert rows.decimal == ("," if delimiter == ";" else ".")


def test_cells_that_excel_is_to_leave_alone_are_read_without_their_guard(tmp_path: Path) -> None:
    content = b'="id",smiles,note\n="00123",="CCO","=""1,5"""\n="a",C,=1\n'
    rows = library(tmp_path, "a.csv", content)
    assert rows.columns == ("id", "smiles", "note")
    assert [row.fields for row in rows] == [("00123", "CCO", "1,5"), ("a", "C", "=1")]


def test_an_extension_cut_at_its_commas_is_put_together_where_that_fits(tmp_path: Path) -> None:
    content = b"name,smiles,y\na,C[C@H](O)C[C@H](O)F |o1:1,&2:4|,7\nb,CC,8\n"
    rows = library(tmp_path, "a.csv", content)
    assert [row.fields for row in rows] == [
        ("a", "C[C@H](O)C[C@H](O)F |o1:1,&2:4|", "7"),
        ("b", "CC", "8"),
    ]


def test_an_extension_that_stays_cut_is_the_reason_of_the_rejection(tmp_path: Path) -> None:
    rows = library(tmp_path, "a.csv", b"smiles,y\nCCO |$a,1\n")
    [outcome] = Standardizer().apply((row.number, row.smiles) for row in rows)
    assert not outcome
    assert "extension |… has no end; if commas" in outcome.reason


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b'smiles,x\nCC,1\n"C[C@H](O)F |o1:1|",2\n"C[C@H](O)F |a:1,&1:2|",3\n'),
        ("a.smi", b"CC x\nC[C@H](O)F |o1:1| y\nC[C@H](O)F |&1:1|\nCC |$;a$|\n"),
    ],
)
def test_enhanced_stereochemistry_is_said_to_be_ignored(
    tmp_path: Path, name: str, content: bytes
) -> None:
    rows = library(tmp_path, name, content)
    for _ in range(2):
        assert len(list(rows)) >= 3
        [note] = rows.notes
        first = 3 if name == "a.csv" else 2
        assert f"2 rows have enhanced stereochemistry (the first in line {first})" in note


@pytest.mark.parametrize(
    "above", ["# made by X\n", "# made by X, with SMILES\n\n# on Monday\n", "\n"]
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_comments_above_the_header_are_no_rows_which_is_noted(
    tmp_path: Path, above: str, name: str
) -> None:
    rows = library(tmp_path, name, f"{above}id,smiles\n# 1,CCO\n\n".encode())
    assert rows.columns == ("id", "smiles")
    n = above.count("\n")
    assert [(row.line, row.fields) for row in rows] == [(n + 2, ("# 1", "CCO")), (n + 3, ("", ""))]
    assert rows.notes == (
        f"{tmp_path / name}: line {n + 1} is read as the header, and what stands above it left out",
    )


def test_a_column_that_is_named_tells_the_header_below_comments(tmp_path: Path) -> None:
    [row] = library(tmp_path, "a.tsv", b"# x\nid\tParent\n1\tCCO\n", "parent")
    assert (row.line, row.smiles) == (3, "CCO")


@pytest.mark.parametrize(
    ("content", "columns"),
    [(b"#smiles,id\nCCO,1\n", ("#smiles", "id")), (b"#1,CCO\n#2,CC\n", ("column_1", "column_2"))],
)
def test_a_line_that_is_the_header_or_a_row_is_no_comment(
    tmp_path: Path, content: bytes, columns: tuple[str, ...]
) -> None:
    rows = library(tmp_path, "a.csv", content)
    assert rows.columns == columns
    assert rows.notes == ()


def test_a_title_above_the_header_is_refused_with_the_line_of_the_header(tmp_path: Path) -> None:
    with pytest.raises(
        TableError,
        match=r"got 'My export'; line 3 looks like the header \('id,smiles'\); fix: delete the 2 "
        "lines above it, or begin each with #",
    ):
        library(tmp_path, "a.csv", b"My export\n\nid,smiles\n1,CCO\n")
