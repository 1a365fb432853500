from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem

from molgnn.chem.parsing import why_rejected
from molgnn.chem.reading import Library, open_library
from molgnn.chem.standardize import Standardizer
from molgnn.errors import FileProblem, TableError


def mol_block(smiles: str, name: str = "", *, v3000: bool = False) -> str:
    mol = Chem.MolFromSmiles(smiles)
    mol.SetProp("_Name", name)
    AllChem.Compute2DCoords(mol)
    return str(Chem.MolToMolBlock(mol, forceV3000=v3000))


def record(smiles: str, name: str = "", **tags: str) -> str:
    data = "".join(f">  <{tag}>\n{value}\n\n" for tag, value in tags.items())
    return f"{mol_block(smiles, name)}{data}$$$$\n"


def sdf(folder: Path, text: str | bytes, name: str = "a.sdf") -> Library:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_library(folder / name)


def test_a_record_is_a_row_with_its_smiles_name_and_tags(tmp_path: Path) -> None:
    text = record("C[C@H](N)C(=O)O", "L-alanine", ID="1") + record("CCO", "ethanol", price="2.5")
    rows = sdf(tmp_path, text)
    assert rows.columns == ("smiles", "name", "ID", "price")
    assert (rows.smiles_index, rows.id_index) == (0, 1)
    assert [row.fields for row in rows] == [
        ("C[C@H](N)C(=O)O", "L-alanine", "1", ""),
        ("CCO", "ethanol", "", "2.5"),
    ]
    assert [row.smiles for row in rows] == ["C[C@H](N)C(=O)O", "CCO"]


def test_a_row_begins_at_the_title_of_its_record(tmp_path: Path) -> None:
    first, second = record("CCO", "a"), record("CC", "b")
    rows = list(sdf(tmp_path, first + second))
    assert [row.line for row in rows] == [1, first.count("\n") + 1]


def test_a_row_has_its_mol_block(tmp_path: Path) -> None:
    [row] = sdf(tmp_path, record("CCO", "ethanol", x="1").replace("\n", "\r\n"))
    assert row.block == mol_block("CCO", "ethanol")
    assert row.fields == ("CCO", "ethanol", "1")


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_it_may_be_compressed(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    [row] = sdf(tmp_path, compress(record("CCO").encode()), "a.sdf.gz")
    assert row.smiles == "CCO"


@pytest.mark.parametrize("name", ["a.mol", "a.sd", "a.SDF"])
def test_the_last_record_may_lack_its_end(tmp_path: Path, name: str) -> None:
    assert [row.smiles for row in sdf(tmp_path, mol_block("CCO"), name)] == ["CCO"]
    text = record("CC") + record("CCO", x="1").removesuffix("\n$$$$\n")
    assert [row.fields for row in sdf(tmp_path, text)] == [("CC", "", ""), ("CCO", "", "1")]


def test_blank_lines_at_the_end_are_no_record(tmp_path: Path) -> None:
    assert len(list(sdf(tmp_path, record("CC") + "\n \r\n"))) == 1


def test_a_v3000_block_is_read(tmp_path: Path) -> None:
    text = mol_block("C[C@H](N)C(=O)O", "x", v3000=True) + ">  <y>\n1\n\n$$$$\n"
    [row] = sdf(tmp_path, text)
    assert row.fields == ("C[C@H](N)C(=O)O", "x", "1")


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (">  <y>\na\nb\n\n", "a\nb"),
        (">  <y>\na\n\nb\n\n", "a\n\nb"),
        (">  <y>\n\n", ""),
        (">  <y>\n", ""),
        (">  25  <y>  (MD-08)\n> 100\n\n", "> 100"),
        ("> <y>\na\n> <y>\nb\n\n", "a\nb"),
        ("><y>\n a \n\n", " a "),
    ],
)
def test_a_value_may_have_many_lines_or_none(tmp_path: Path, data: str, value: str) -> None:
    [row] = sdf(tmp_path, f"{mol_block('CC')}{data}$$$$\n")
    assert row.fields == ("CC", "", value)


def test_tags_called_like_our_columns_keep_their_names(tmp_path: Path) -> None:
    data = "> <smiles>\ntheirs\n\n> <name>\ny\n\n> <mol_name>\nz\n\n"
    rows = sdf(tmp_path, mol_block("CC", "x") + data)
    assert rows.columns == ("mol_smiles", "mol_mol_name", "smiles", "name", "mol_name")
    assert [row.fields for row in rows] == [("CC", "x", "theirs", "y", "z")]
    assert [row.smiles for row in rows] == ["CC"]


def test_only_the_columns_asked_for_are_kept(tmp_path: Path) -> None:
    sdf(tmp_path, record("CC", "x", a="1", b="2"))
    rows = open_library(tmp_path / "a.sdf", columns=["b"], id_column="name")
    assert rows.columns == ("name", "smiles", "b")
    assert [row.fields for row in rows] == [("x", "CC", "2")]


COUNTS = "\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n"


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("", "nothing stands there"),
        ("nonsense\n" * 30, "Cannot convert 'non' to unsigned int"),
        ("\x00\x01\udcff\n" * 5, "Counts line too short"),
        (COUNTS.replace("1  0", "0  0", 1) + "M  END\n", "it has no atoms"),
        (COUNTS + "    0.0000    0.0000    0.0000 Zz  0  0\nM  END\n", "Element 'Zz' not found"),
        (COUNTS + "M  END\n", "Atom line too short"),
        (mol_block("CN").replace("  1  2  1", "  1  2  3").replace(" N ", " F "), "valence"),
        (mol_block("CC") + mol_block("CCO"), "is a $$$$ missing"),
        ("x\n" * 10_001, "more than 10,000 lines"),
    ],
)
def test_a_record_without_a_molecule_is_a_row_with_the_reason(
    tmp_path: Path, block: str, reason: str
) -> None:
    text = f"{record('CC')}{block}> <y>\n1\n\n$$$$\n{record('CCO')}"
    rows = list(sdf(tmp_path, text.encode("utf-8", "surrogateescape")))
    assert [row.fields[0] for row in rows] == ["CC", "", "CCO"]
    assert rows[1].fields[2] == "1"
    for mode in ("off", "parent", "chembl"):
        before, rejected, after = Standardizer(mode).apply((row.number, row.smiles) for row in rows)
        assert before
        assert after
        assert not rejected
        assert rejected.kind == "invalid mol block"
        assert reason in rejected.reason


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        (mol_block("CC").replace("  1  2  1", "  1  2  8"), "query bond"),
        (mol_block("CC").replace(" C ", " A ", 1), "dummy atom"),
        (mol_block("CC").replace("M  END", "M  SUB  1   1   3\nM  END"), "invalid mol block"),
    ],
)
def test_what_stands_for_many_molecules_is_refused(tmp_path: Path, block: str, kind: str) -> None:
    [row] = sdf(tmp_path, block)
    assert str(why_rejected(row.smiles)).startswith(f"{kind}: ")


def test_nothing_is_said_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    RDLogger.EnableLog("rdApp.*")
    assert len(list(sdf(tmp_path, "garbage\n$$$$\n" + COUNTS + "M  END\n$$$$\n"))) == 2
    assert capfd.readouterr().err == ""


def test_a_title_in_latin_1_is_kept(tmp_path: Path) -> None:
    [row] = sdf(tmp_path, mol_block("CCO", "caf@").encode().replace(b"@", b"\xe9"))
    assert row.smiles == "CCO"
    assert row.fields[1].encode("utf-8", "surrogateescape") == b"caf\xe9"


def test_a_lone_carriage_return_ends_no_line_unless_there_are_no_others(tmp_path: Path) -> None:
    [row] = sdf(tmp_path, mol_block("CCO", "a@b").replace("@", "\r"))
    assert row.fields == ("CCO", "a\rb")
    [row] = sdf(tmp_path, record("CCO", "old", x="1").replace("\n", "\r"))
    assert row.fields == ("CCO", "old", "1")


def test_an_empty_file_and_a_column_of_smiles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="the file is empty"):
        sdf(tmp_path, "\n")
    sdf(tmp_path, record("CC", tag="x"))
    with pytest.raises(TableError, match="got 'tag': the structures are its mol blocks"):
        open_library(tmp_path / "a.sdf", "tag")
    assert open_library(tmp_path / "a.sdf", "smiles").columns == ("smiles", "name", "tag")


def test_a_file_that_is_still_written_is_told(tmp_path: Path) -> None:
    rows = sdf(tmp_path, record("CC", x="1"))
    with (tmp_path / "a.sdf").open("a") as file:
        file.write(record("CCC", y="1"))
    with pytest.raises(FileProblem, match=r"'y' in the record of line .*; fix: wait"):
        list(rows)


PIECES = st.sampled_from(
    [record("CC", "ok"), mol_block("CCO"), "$$$$\n", "\n", "> <x>\n1\n", "M  END\n", "garbage\r\n"]
)


@given(st.lists(PIECES, max_size=12))
@settings(max_examples=100)
def test_no_record_is_lost_whatever_stands_between(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    path = tmp_path_factory.mktemp("sdf") / "a.sdf"
    text = "".join([*pieces, record("CC", "last")])
    path.write_text(text, newline="")
    rows = list(open_library(path))
    assert len(rows) == text.count("$$$$\n")
    lines = text.split("\n")
    assert all(row.line == 1 or lines[row.line - 2] == "$$$$" for row in rows)


def test_a_real_library_written_as_sdf_comes_back(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "hub.sdf.gz"
    expected = []
    with gzip.open(path, "wt") as file, Chem.SDWriter(file) as writer:
        for row in list(open_library(shared_data / "libraries" / "drug_repurposing_hub.csv"))[:600]:
            if why_rejected(row.smiles) is None:
                mol = Chem.MolFromSmiles(row.smiles)
                mol.SetProp("_Name", row.fields[0])
                mol.SetProp("row", str(row.number))
                writer.write(mol)
                expected.append((flat(row.smiles), row.fields[0], str(row.number)))
    rows = open_library(path)
    assert rows.columns == ("smiles", "name", "row")
    assert [(flat(row.smiles), *row.fields[1:]) for row in rows] == expected


def flat(smiles: str) -> str:
    """Return the structure without its stereochemistry, of which drawings keep less."""
    return str(Chem.MolToSmiles(Chem.MolFromSmiles(smiles), isomericSmiles=False))
