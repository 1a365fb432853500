"""SMILES files: what is the SMILES, what is the name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molgnn.chem.reading import Library, open_library


def library(folder: Path, name: str, content: bytes, column: str | None = None) -> Library:
    (folder / name).write_bytes(content)
    return open_library(folder / name, column)


def smiles_of(rows: Library) -> list[str]:
    return [row.smiles for row in rows]


def test_a_smi_line_is_a_smiles_and_a_name(tmp_path: Path) -> None:
    rows = library(tmp_path, "a.smi", b"CCO ethanol, pure\nCC\tethane\r\n  C  methane \nN\n")
    assert rows.columns == ("smiles", "name")
    assert [row.fields for row in rows] == [
        ("CCO", "ethanol, pure"),
        ("CC", "ethane"),
        ("C", "methane"),
        ("N", ""),
    ]


def test_a_smi_line_that_begins_with_a_tab_has_no_smiles(tmp_path: Path) -> None:
    [row] = library(tmp_path, "a.smi", b"\tethanol\n")
    assert row.fields == ("", "ethanol")


def test_a_chemaxon_extension_belongs_to_the_name(tmp_path: Path) -> None:
    [row] = library(tmp_path, "a.smi", b"CCO |$;;a b$| ethanol\n")
    assert row.fields == ("CCO", "|$;;a b$| ethanol")


@pytest.mark.parametrize("header", [b"SMILES name", b"smiles", b"Canonical_SMILES\tID"])
def test_a_smi_file_may_have_a_header(tmp_path: Path, header: bytes) -> None:
    [row] = library(tmp_path, "a.smi", header + b"\nCCO x\n")
    assert (row.number, row.line, row.smiles) == (0, 2, "CCO")


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"2244\tCCO\n702\tc1ccccc1O\n", [("2244", "CCO"), ("702", "c1ccccc1O")]),
        (b"2244 CCO\n\n702 c1ccccc1O\n", [("2244", "CCO"), ("", ""), ("702", "c1ccccc1O")]),
        (b"acetic acid\tCC(=O)O\tlot 7\n", [("acetic acid lot 7", "CC(=O)O")]),
        (b'"acetic acid" CC(=O)O\n"water" O\n', [("acetic acid", "CC(=O)O"), ("water", "O")]),
        (b"Acetic acid CC(=O)O\nMethane C\n", [("Acetic acid", "CC(=O)O"), ("Methane", "C")]),
        (b"CHEMBL1 CCO\nCHEMBL2 broken(\nCHEMBL3 CC\n", None),
    ],
)
def test_names_may_stand_before_the_smiles(
    tmp_path: Path, content: bytes, fields: list[tuple[str, str]] | None
) -> None:
    rows = library(tmp_path, "a.smi", content)
    assert (rows.columns, rows.smiles_index, rows.id_index) == (("name", "smiles"), 1, 0)
    assert fields is None or [row.fields for row in rows] == fields
    assert "the lines do not begin with SMILES, which are read from" in rows.notes[0]


@pytest.mark.parametrize(
    "content",
    [
        b"CCO CC\nCC CCO\n",  # both are: the first
        b"C1 methane\nCC( C\nCC C\nCCC C\n",  # most of the first
        b"nonsense name\nnothing here\n",  # neither
        b"CCO 17\nCC 18\n",
    ],
)
def test_the_first_word_is_the_smiles_unless_the_second_is_and_it_is_not(
    tmp_path: Path, content: bytes
) -> None:
    rows = library(tmp_path, "a.smi", content)
    assert (rows.columns, rows.notes) == (("smiles", "name"), ())


@pytest.mark.parametrize("header", [b"id smiles", b'"Name"\t"SMILES"', b"CID\tIsomericSMILES"])
def test_a_header_may_say_that_names_come_first(tmp_path: Path, header: bytes) -> None:
    [row] = rows = library(tmp_path, "a.smi", header + b"\nx CCO\n")
    assert (row.line, row.fields, row.smiles) == (2, ("x", "CCO"), "CCO")
    assert rows.notes == ()


def test_the_user_may_say_which_column_holds_the_smiles(tmp_path: Path) -> None:
    content = b"CN CCO\nCO CC\n"
    assert smiles_of(library(tmp_path, "a.smi", content)) == ["CN", "CO"]
    assert smiles_of(library(tmp_path, "a.smi", content, "column_2")) == ["CCO", "CC"]
    content = b"1 CCO\n2 CC\n"
    assert smiles_of(library(tmp_path, "a.smi", content, "column_1")) == ["1", "2"]


def test_a_table_under_the_suffix_of_text_is_a_table(tmp_path: Path) -> None:
    rows = library(tmp_path, "a.txt", b"id\tname\tSMILES\n1\tethanol\tCCO\n")
    assert rows.columns == ("id", "name", "SMILES")
    assert smiles_of(rows) == ["CCO"]
    assert smiles_of(library(tmp_path, "b.txt", b"name,SMILES\nethanol,CCO\n")) == ["CCO"]
    assert smiles_of(library(tmp_path, "c.smi", b"CCO,ethanol\nCC,ethane\n")) == ["CCO", "CC"]


def test_a_smiles_and_a_name_may_be_quoted(tmp_path: Path) -> None:
    content = b'"CC(=O)O" "acetic acid"\n\'CCO\'\tethanol\n"CC O\n"CC"\n'
    assert [row.fields for row in library(tmp_path, "a.smi", content)] == [
        ("CC(=O)O", "acetic acid"),
        ("CCO", "ethanol"),
        ('"CC', "O"),
        ("CC", ""),
    ]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["CCO", "c1ccccc1", "[Na+]"]), NAMES), min_size=1))
@settings(max_examples=100)
def test_no_line_is_lost_whatever_the_names(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("smi") / "a.smi"
    path.write_text("".join(f"{smiles} {name}\n" for smiles, name in lines), encoding="utf-8")
    rows = list(open_library(path))
    assert [row.line for row in rows] == list(range(1, len(lines) + 1))
    assert [row.smiles for row in rows] == [smiles for smiles, _ in lines]
