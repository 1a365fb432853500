from __future__ import annotations

import bz2
import csv
import gzip
import io
import os
import sys
from pathlib import Path

import pytest
from rdkit import Chem

from molgnn.chem.reading import Library, open_library
from molgnn.errors import ConfigError, FileProblem, TableError


def write(folder: Path, **files: str) -> None:
    """Write files, called by the keywords with a dot for the underscore."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")


def fields_of(library: Library) -> list[tuple[str, ...]]:
    return [row.fields for row in library]


def feed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    write(tmp_path, a_csv="smiles,x\nC,1\nCC,2\n", b_csv="smiles,x\nCCC,3\n")
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    rows = open_library([b, str(a)])
    assert rows.columns == ("file", "smiles", "x")
    assert rows.smiles_index == 1
    assert rows.paths == (b, a)
    assert rows.name == f"{b} and 1 more"
    assert fields_of(rows) == [(str(b), "CCC", "3"), (str(a), "C", "1"), (str(a), "CC", "2")]
    assert [(row.number, row.line, row.smiles) for row in rows] == [
        (0, 2, "CCC"),
        (1, 2, "C"),
        (2, 3, "CC"),
    ]


def test_one_file_needs_no_column_that_names_it(tmp_path: Path) -> None:
    write(tmp_path, a_csv="smiles,x\nC,1\n")
    for named in (tmp_path / "a.csv", [tmp_path / "a.csv"], str(tmp_path / "*.csv")):
        rows = open_library(named)
        assert rows.columns == ("smiles", "x")
        assert rows.name == str(tmp_path / "a.csv")


def test_the_column_of_files_takes_another_name_if_the_tables_have_one(tmp_path: Path) -> None:
    write(tmp_path, a_csv="smiles,file\nC,1\n", b_csv="smiles,file\nCC,2\n")
    rows = open_library(str(tmp_path / "*.csv"))
    assert rows.columns == ("source_file", "smiles", "file")


def test_columns_in_another_order_are_brought_into_the_first_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_csv="smiles,x,y,x\nC,1,2,3\n",
        b_tsv="x\tsmiles\tx\ty\n4\tCC\t5\t6\n",
    )
    rows = open_library([tmp_path / "a.csv", tmp_path / "b.tsv"])
    assert [row.fields[1:] for row in rows] == [("C", "1", "2", "3"), ("CC", "4", "6", "5")]
    assert [row.smiles for row in rows] == ["C", "CC"]


def test_the_smiles_of_all_files_stand_in_the_same_column(tmp_path: Path) -> None:
    write(tmp_path, a_csv="mol,drug\nC,x\n", b_csv="mol,drug\nx,CC\n")
    with pytest.raises(TableError, match=r"b\.csv: expected its SMILES in 'mol'.* in 'drug'; fix"):
        open_library(str(tmp_path / "*.csv"))


def test_a_pattern_finds_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "folder.smi").mkdir()
    write(tmp_path, b_smi="CC b\n", a_smi="C a\n", c_csv="smiles\nO\n")
    write(tmp_path / "deep" / "er", d_smi="CCC d\n")
    assert [row.smiles for row in open_library(f"{tmp_path}/*.smi")] == ["C", "CC"]
    assert [row.smiles for row in open_library(f"{tmp_path}/[b].smi")] == ["CC"]
    found = open_library(tmp_path / "**" / "*.smi")
    assert [row.smiles for row in found] == ["C", "CC", "CCC"]


def test_a_pattern_that_finds_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"pattern '.*nothing_\*\.smi' matches none; fix"):
        open_library(f"{tmp_path}/nothing_*.smi")


def test_a_file_that_is_called_like_a_pattern_wins_over_it(tmp_path: Path) -> None:
    (tmp_path / "a[1].smi").write_text("CCO\n")
    (tmp_path / "a1.smi").write_text("C\n")
    assert [row.smiles for row in open_library(tmp_path / "a[1].smi")] == ["CCO"]


def test_the_same_file_twice_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, a_smi="C\n")
    (tmp_path / "link.smi").symlink_to(tmp_path / "a.smi")
    with pytest.raises(ConfigError, match=r"once but got .*a\.smi twice; fix"):
        open_library([tmp_path / "a.smi", tmp_path / "a.smi"])
    with pytest.raises(ConfigError, match=r"got .*link\.smi twice, also as .*a\.smi; fix"):
        open_library(f"{tmp_path}/*.smi")


def test_no_file_at_all_is_an_error() -> None:
    with pytest.raises(ConfigError, match="empty list"):
        open_library([])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_is_not_mistaken_for_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.smi")
    with pytest.raises(FileProblem, match="is a pipe or a device; fix: name standard input"):
        open_library(tmp_path / "a.smi")


@pytest.mark.parametrize("compress", [bytes, gzip.compress, bz2.compress])
@pytest.mark.parametrize(
    ("content", "columns", "fields"),
    [
        ("CCO ethanol\nCC\n", ("smiles", "name"), [("CCO", "ethanol"), ("CC", "")]),
        ("smiles name\nCC x\n", ("smiles", "name"), [("CC", "x")]),
        ("SMILES\nCC\n", ("smiles", "name"), [("CC", "")]),
        ("id,smiles\n1,CC\n,\n", ("id", "smiles"), [("1", "CC"), ("", "")]),
        ('"id";"SMILES"\n1;CC\n', ("id", "SMILES"), [("1", "CC")]),
        ("Smiles\tid\nCC\t1\n", ("Smiles", "id"), [("CC", "1")]),
    ],
)
def test_standard_input_is_told_by_its_first_line(
    monkeypatch: pytest.MonkeyPatch,
    compress: type[bytes],
    content: str,
    columns: tuple[str, ...],
    fields: list[tuple[str, ...]],
) -> None:
    feed(monkeypatch, compress(content.encode()))
    rows = open_library("-")
    assert (rows.name, rows.paths, rows.columns) == ("standard input", (), columns)
    assert fields_of(rows) == fields


def test_a_column_named_by_the_user_makes_standard_input_a_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed(monkeypatch, b"1,CC\n2,C(\n")
    assert [row.smiles for row in open_library("-", "column_2")] == ["CC", "C("]


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"CCO\nCC\n" * 50_000)
    rows = open_library("-")
    assert sum(1 for _ in rows) == 100_000
    with pytest.raises(FileProblem, match=r"standard input once .* fix: save it"):
        list(rows)
    with pytest.raises(FileProblem, match="standard input once"):
        open_library("-")


def test_standard_input_that_comes_in_drops_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    class Drops(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self._content = io.BytesIO(content)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            drop = self._content.read(1)
            buffer[: len(drop)] = drop
            return len(drop)

    for content in (b"smiles,x\r\nCC,a\rb\r\n", gzip.compress(b"smiles,x\r\nCC,a\rb\r\n")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Drops(content))))
        assert fields_of(open_library("-")) == [("CC", "a\rb")]


def test_parquet_cannot_be_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"PAR1\x15\x04\x15\x10\n")
    with pytest.raises(TableError, match="but got Parquet; fix: save it to a file"):
        open_library("-")


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
@pytest.mark.parametrize("v3000", [False, True])
def test_an_sdf_may_be_piped_in(
    monkeypatch: pytest.MonkeyPatch, compress: type[bytes], v3000: bool
) -> None:
    def record(smiles: str, name: str, tag: str) -> str:
        mol = Chem.MolFromSmiles(smiles)
        mol.SetProp("_Name", name)
        return f"{Chem.MolToMolBlock(mol, forceV3000=v3000)}>  <{tag}>\n1\n\n$$$$\n"

    text = record("CCO", "caf@", "x") + record("CC", "b", "y")
    feed(monkeypatch, compress(text.encode().replace(b"@", b"\xe9")))
    rows = open_library("-")
    assert (rows.name, rows.paths) == ("standard input", ())
    assert rows.columns == ("smiles", "name", "x", "y")
    assert fields_of(rows) == [("CCO", "caf\udce9", "1", ""), ("CC", "b", "", "1")]


def test_names_before_smiles_may_be_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"x1 CCO\nx2 CC\n")
    assert fields_of(open_library("-")) == [("x1", "CCO"), ("x2", "CC")]
    feed(monkeypatch, b"CN CCO\nCO CC\n")
    assert [row.smiles for row in open_library("-", "column_2")] == ["CCO", "CC"]


def test_an_empty_standard_input_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"")
    with pytest.raises(TableError, match="standard input: expected rows"):
        open_library("-")


def test_standard_input_stands_alone(tmp_path: Path) -> None:
    write(tmp_path, a_smi="C\n")
    with pytest.raises(ConfigError, match=r"\(-\) alone"):
        open_library(["-", tmp_path / "a.smi"])


def test_real_libraries_are_read_together(shared_data: Path, tmp_path: Path) -> None:
    hub = shared_data / "libraries" / "drug_repurposing_hub.csv"
    with hub.open(newline="", encoding="utf-8") as file:
        header, *cells = csv.reader(file)
    with (tmp_path / "z.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header[::-1], *(row[::-1] for row in cells)])
    rows = open_library([hub, tmp_path / "z.csv"])
    read = [list(row.fields[1:]) for row in rows]
    assert read[: len(cells)] == cells
    assert read[len(cells) :] == cells
