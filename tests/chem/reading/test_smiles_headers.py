"""Which column of a table holds the SMILES, by its header."""

from __future__ import annotations

from pathlib import Path

import pytest

from molgnn.chem.reading import Library, open_library
from molgnn.chem.reading.smiles_headers import is_smiles_header, kind_of_smiles


def library(folder: Path, name: str, content: bytes, column: str | None = None) -> Library:
    (folder / name).write_bytes(content)
    return open_library(folder / name, column)


@pytest.mark.parametrize(
    ("header", "index"),
    [
        ("id,smiles", 1),
        ("id,SMILES", 1),
        ("mol,Canonical SMILES", 1),
        ("ID,SMILES_std", 1),
        ("parent-smiles,x", 0),
        ("isomeric_smiles,canonical_smiles", 0),
        ("mol,Class", 0),
        ("id,Structure", 1),
    ],
)
def test_the_smiles_column_is_found_by_its_name(tmp_path: Path, header: str, index: int) -> None:
    rows = library(tmp_path, "a.csv", f"{header}\nCCO,CCO\nCC,CC\n".encode())
    assert rows.smiles_index == index
    assert rows.columns == tuple(header.split(","))


def test_a_vague_name_is_believed_only_if_its_cells_are_smiles(tmp_path: Path) -> None:
    content = b"molecule,structure\naspirin,CC(=O)Oc1ccccc1C(O)=O\nphenol,Oc1ccccc1\n"
    assert library(tmp_path, "a.csv", content).smiles_index == 1
    content = b"molecule,structure\nCCO,ethanol\nC,methane\n"
    assert library(tmp_path, "b.csv", content).smiles_index == 0


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("canonical_smiles,isomeric_smiles", "isomeric_smiles"),
        ("OPENEYE_CAN_SMILES,OPENEYE_ISO_SMILES", "OPENEYE_ISO_SMILES"),
        ("CanonicalSMILES,IsomericSMILES", "IsomericSMILES"),
        ("ConnectivitySMILES,SMILES", "SMILES"),
        ("scaffold_smiles,mol_smiles", "mol_smiles"),
        ("canonical smiles,smiles", "smiles"),
        ("rdkit_smiles,Canonical SMILES", "rdkit_smiles"),
        ("smiles,smiles_2", "smiles"),
        ("flat_smiles,x", "flat_smiles"),
    ],
)
def test_of_several_the_one_that_shows_most_is_read_and_noted(
    tmp_path: Path, header: str, taken: str
) -> None:
    rows = library(tmp_path, "a.csv", f"{header}\nCCO,CCO\nCC,CC\n".encode())
    assert rows.columns[rows.smiles_index] == taken
    if "x" not in header.split(","):
        [note] = rows.notes
        assert f"the SMILES are read from column {taken!r}, not from" in note
        assert note.endswith("; smiles_column=… names another")


def test_a_column_that_holds_none_is_not_preferred_for_its_name(tmp_path: Path) -> None:
    rows = library(tmp_path, "a.csv", b"isomeric_smiles,smiles\nyes,CCO\nno,CC\n")
    assert rows.smiles_index == 1
    assert library(tmp_path, "b.csv", b"isomeric_smiles,smiles\n,CCO\nCC,CC\n").smiles_index == 1
    assert library(tmp_path, "c.csv", b"isomeric_smiles,smiles\n,\n,\n").smiles_index == 0


@pytest.mark.parametrize(
    "header", ["n_smiles", "smiles_length", "SMILES valid", "smiles;y", "smile"]
)
def test_what_is_about_smiles_is_no_column_of_them(header: str) -> None:
    assert not is_smiles_header(header)


def test_kinds_are_told_by_a_word_of_the_header() -> None:
    kinds = ["isomeric", "canonical", "incomplete", "plain", "other"]
    headers = ["SMILES (isomeric)", "cansmiles", "Murcko SMILES", "smi", "Parent SMILES"]
    assert [kind_of_smiles(header) for header in headers] == kinds
