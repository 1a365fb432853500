"""What a file excludes: its molecules in whatever form, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from rdkit import Chem

from molgnn.chem.exclusion import drawn_and_parent_keys, read_exclusions
from molgnn.errors import ConfigError, FileProblem, MolgnnError, TableError

ALANINE, PYRIDONE, IBUPROFEN = "C[C@H](N)C(=O)O", "O=c1cccc[nH]1", "CC(C)Cc1ccc(cc1)C(C)C(=O)O"
SAME = {
    "a salt": (ALANINE, "C[C@H]([NH3+])C(=O)O.[Cl-]"),
    "a salt with a covalent metal": (IBUPROFEN, "CC(C)Cc1ccc(cc1)C(C)C(=O)O[Na]"),
    "the salt of a large acid": (ALANINE, "C[C@H](N)C(=O)O.OS(=O)(=O)O"),
    "a zwitterion": (ALANINE, "C[C@H]([NH3+])C(=O)[O-]"),
    "the other enantiomer": (ALANINE, "C[C@@H](N)C(=O)O"),
    "an isotope": (ALANINE, "[13CH3]C(N)C(=O)O"),
    "a deuterated one": (ALANINE, "[2H]C([2H])([2H])C(N)C(=O)O"),
    "a tautomer": (PYRIDONE, "Oc1ccccn1"),
    "atom maps": (ALANINE, "[CH3:1][CH:2]([NH2:3])C(=O)O"),
    "explicit hydrogens": (PYRIDONE, "[H]c1c([H])c([H])c(=O)[nH]c1[H]"),
    "Kekulé form": (IBUPROFEN, "OC(=O)C(C)C1=CC=C(C=C1)CC(C)C"),
}
OTHERS = ["CCC(N)C(=O)O", "C", "Oc1cccnc1", "OS(=O)(=O)O", "[Na+].[Cl-]"]


def digests(smiles: str) -> str:
    """Return the lines of a file of hashes, as whoever keeps molecules secret would write them."""
    key = Chem.MolToInchiKey(Chem.MolFromSmiles(smiles))[:14]
    return hashlib.sha256(key.encode()).hexdigest()


def write_smi(path: Path, smiles: str) -> Path:
    path.with_suffix(".smi").write_text(f"{smiles} excluded\n")
    return path.with_suffix(".smi")


def write_csv(path: Path, smiles: str) -> Path:
    path.with_suffix(".csv").write_text(f"name,smiles\nexcluded,{smiles}\n")
    return path.with_suffix(".csv")


def write_parquet(path: Path, smiles: str) -> Path:
    pd.DataFrame({"smiles": [smiles]}).to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def write_sdf(path: Path, smiles: str) -> Path:
    with Chem.SDWriter(str(path.with_suffix(".sdf"))) as writer:
        writer.write(Chem.MolFromSmiles(smiles))
    return path.with_suffix(".sdf")


def write_digests(path: Path, smiles: str) -> Path:
    path.with_suffix(".txt").write_text(f"{digests('CCCCO')}\n\n{digests(smiles).upper()}\r\n")
    return path.with_suffix(".txt")


def is_excluded(file: Path, *smiles: str) -> list[bool]:
    [exclusion] = read_exclusions([file])
    excluded: list[bool] = exclusion.excludes(drawn_and_parent_keys(smiles)).tolist()
    return excluded


@pytest.mark.parametrize("form", SAME)
def test_every_form_of_an_excluded_molecule_is_excluded(form: str, tmp_path: Path) -> None:
    molecule, other = SAME[form]
    assert is_excluded(write_smi(tmp_path / "out", molecule), other, molecule) == [True, True]
    assert is_excluded(write_smi(tmp_path / "out", other), molecule) == [True]
    assert is_excluded(write_digests(tmp_path / "out", molecule), other) == [True]


@pytest.mark.parametrize("write", [write_smi, write_csv, write_parquet, write_sdf, write_digests])
def test_every_kind_of_file_excludes_its_molecules_and_no_other(
    write: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    file = write(tmp_path / "out", ALANINE)
    assert is_excluded(file, ALANINE, *OTHERS) == [True] + [False] * len(OTHERS)


def test_a_packed_file_is_read_as_the_one_inside(tmp_path: Path) -> None:
    table = pd.DataFrame({"smiles": [ALANINE]})
    table.to_csv(tmp_path / "out.csv.gz", index=False)
    assert is_excluded(tmp_path / "out.csv.gz", ALANINE) == [True]


def test_a_file_is_named_with_its_hash_and_the_number_of_its_molecules(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text(f"smiles\n{ALANINE}\n{SAME['a salt'][1]}\n{PYRIDONE}\n")
    (tmp_path / "out.txt").write_text(f"{digests('CCO')}\n{digests('CCO')}\n{digests('CCN')}\n")
    [table, hashes] = read_exclusions([path, tmp_path / "out.txt"])
    assert (table.path, table.n_molecules, hashes.n_molecules) == (path, 2, 2)
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_pattern_stands_for_its_files(tmp_path: Path) -> None:
    files = [write_smi(tmp_path / "first", ALANINE), write_smi(tmp_path / "second", PYRIDONE)]
    assert [each.path for each in read_exclusions([str(tmp_path / "*.smi")])] == files
    assert read_exclusions([]) == []


def test_rows_that_give_no_molecule_are_told(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text(f"smiles\nc1cccc1\n{ALANINE}\n\n")
    [exclusion] = read_exclusions([path])
    [note] = exclusion.notes
    assert "2 rows give no molecule and exclude nothing, the first of them line 2 (cannot" in note


def test_the_column_of_smiles_may_be_called_as_in_the_training_table(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text(f"structure_a,structure_b\n{ALANINE},{PYRIDONE}\n")
    [exclusion] = read_exclusions([path], "structure_b")
    keys = drawn_and_parent_keys([ALANINE, PYRIDONE])
    assert exclusion.excludes(keys).tolist() == [False, True]
    own = write_csv(tmp_path / "own", ALANINE)
    [exclusion] = read_exclusions([own], "structure_b")
    assert exclusion.excludes(keys).tolist() == [True, False]


@pytest.mark.parametrize(
    ("name", "text", "error", "said"),
    [
        ("none.csv", None, FileProblem, "none.csv does not exist"),
        ("out.smi", "", TableError, "the file is empty"),
        ("out.csv", "name,smiles\n", TableError, "but got no rows; fix: name a file with a col"),
        (
            "out.csv",
            "smiles\nc1cccc1\n",
            TableError,
            "none of its 1 rows gives one, the first line 2",
        ),
        ("out.csv", "name,dose\na,1\n", TableError, "expected a column of SMILES"),
        (
            "out.txt",
            f"{'a1' * 32}\n\nLFQSCWFLJHTTHZ\n",
            TableError,
            r"64 hexadecimal digits, but got 'LFQSCWFLJHTTHZ' in line 3; fix: correct the line",
        ),
        ("out.txt", f"sha256\n{'a1' * 32}\n", TableError, "but got 'sha256' in line 1"),
        ("-", None, ConfigError, "expected files to exclude but got standard input"),
    ],
)
def test_what_excludes_nothing_is_an_error_that_names_file_and_line(
    name: str, text: str | None, error: type[MolgnnError], said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(error, match=said):
        read_exclusions([name if name == "-" else path])


def test_a_long_chain_of_carbon_is_no_hash(tmp_path: Path) -> None:
    assert is_excluded(write_smi(tmp_path / "out", "C" * 64), "C" * 64) == [True]
