from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from molgnn.chem import standardize
from molgnn.chem.parsing import why_rejected
from molgnn.chem.records import Molecule, Rejected, Stage
from molgnn.chem.standardize import VERSION, Mode, Standardizer
from molgnn.errors import BundleError, InvalidSmiles, MissingDependency, UnknownName


@pytest.mark.parametrize(
    ("smiles", "parent"),
    [
        ("CC(=O)[O-].[Na+]", "CC(=O)O"),
        ("C[NH3+].[Cl-]", "CN"),
        ("CN.Cl.O.O", "CN"),
        ("[NH3+]CC(=O)[O-]", "NCC(=O)O"),
        ("[2H]C([2H])([2H])O", "CO"),
        ("C[C@H]([2H])O", "CCO"),
        ("[13CH3]C", "CC"),
        ("[Na+].[Cl-]", "Cl"),
        ("[Fe+2].c1cc[cH-]c1.c1cc[cH-]c1", "C1=CCC=C1"),
        ("CC |^1:0|", "[CH2]C"),
        ("[Na]OC(C)=O", "CC(=O)O"),
        ("CC(=O)O[Ca]OC(C)=O", "CC(=O)O"),
        ("[Li]CCCC", "CCCC"),
        ("O=S1(=O)N([Na])C(=O)c2ccccc12", "O=C1NS(=O)(=O)c2ccccc21"),
    ],
)
def test_the_parent_is_the_neutral_unlabelled_largest_fragment(smiles: str, parent: str) -> None:
    assert Standardizer("parent")(smiles) == parent


@pytest.mark.parametrize(
    "smiles",
    [
        "O=[N+]([O-])c1ccccc1",
        "C[N+](C)(C)C",
        "C[N+](C)(C)CC(=O)[O-]",
        "CN=[N+]=[N-]",
        "C[n+]1ccccc1",
        "[C-]#[N+]C",
        "C[S+](C)[O-]",
    ],
)
def test_charges_that_no_proton_balances_stay(smiles: str) -> None:
    assert _canonical(Standardizer("parent")(smiles)) == _canonical(smiles)


def test_a_clean_row_keeps_its_text() -> None:
    assert Standardizer("parent")("OC(C)=O") == "OC(C)=O"
    assert Standardizer("parent")("C[N+](=O)[O-]") == "C[N+](=O)[O-]"


@pytest.mark.parametrize("n_rows", [1_000, pytest.param(6_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("library", ["pcs100k.csv.gz", "chembl_mix.csv.gz"])
def test_a_row_that_is_skipped_would_not_have_changed(
    shared_data: Path, library: str, n_rows: int
) -> None:
    table = pd.read_csv(shared_data / "libraries" / library, usecols=["smiles"])
    rows = table.smiles.sample(n_rows, random_state=0)
    procedure = standardize._PROCEDURES[VERSION][Mode.PARENT]
    n_skipped = 0
    for smiles in rows:
        if procedure.is_needed_by(smiles) or (mol := Chem.MolFromSmiles(smiles)) is None:
            continue
        n_skipped += 1
        before = Chem.MolToSmiles(mol)
        assert Chem.MolToSmiles(procedure.change(mol)) == before
    assert n_skipped > 3 / 4 * n_rows


@pytest.mark.parametrize(
    ("salt", "text"),
    [
        ("OCC.Cl", "OCC"),
        ("Cl.Cl.OCC", "OCC"),
        ("Br.OCC.O.[Na+]", "OCC"),
        ("Cc1ccccc1.[Cl-].[NH4+]", "Cc1ccccc1"),
    ],
)
def test_a_salt_with_nothing_else_to_change_loses_its_counter_ions_alone(
    salt: str, text: str
) -> None:
    assert Standardizer(Mode.PARENT)(salt) == text


@pytest.mark.parametrize(
    ("text", "parent"),
    [
        ("[Na+].[Cl-]", "Cl"),  # nothing would be left
        ("O.Cl", "O"),
        ("Cl.[Sc]", "Cl"),  # no carbon
        ("C%10.Cl.C%10", "CC"),  # a bond across
        ("CC.Cl.CCC", "CCC"),
        ("[Na+].[O-]C(=O)C", "CC(=O)O"),
    ],
)
def test_other_mixtures_are_looked_at_by_rdkit(text: str, parent: str) -> None:
    assert Standardizer(Mode.PARENT)(text) == parent


@pytest.mark.parametrize("text", ["CC(C.Cl", "Cl.CC(", "CC(.Cl)C", "C1CC.Cl", "Cl."])
def test_a_counter_ion_hides_no_error(text: str) -> None:
    row = Standardizer(Mode.PARENT).apply([(0, text)])[0]
    assert isinstance(row, Rejected) or why_rejected(row.smiles) or why_rejected(text) is None


@pytest.mark.parametrize("n_rows", [2_000, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("library", ["pcs100k.csv.gz", "chembl_mix.csv.gz"])
def test_what_is_left_without_counter_ions_is_what_rdkit_leaves(
    shared_data: Path, library: str, n_rows: int
) -> None:
    procedure = standardize._PROCEDURES[VERSION][Mode.PARENT]
    table = pd.read_csv(shared_data / "libraries" / library, usecols=["smiles"])
    n_shortened = 0
    for smiles in table.smiles[30_000 : 30_000 + n_rows]:
        shorter = procedure.shorten(smiles)
        if shorter == smiles or procedure.is_needed_by(shorter):
            continue
        n_shortened += 1
        parent = standardize._take_parent(Chem.MolFromSmiles(smiles))
        assert Chem.CanonSmiles(shorter) == Chem.MolToSmiles(parent)
    assert n_shortened > n_rows / 200


def test_the_largest_fragment_is_the_one_that_rdkit_names(shared_data: Path) -> None:
    table = pd.read_csv(shared_data / "libraries" / "pcs100k.csv.gz", nrows=12_000)
    salts = table[table.smiles.str.contains(".", regex=False)]
    assert len(salts) > 50
    parents = Standardizer("parent").apply(list(enumerate(salts.smiles)))
    expected = Standardizer("parent").apply(list(enumerate(salts.rdkit_largest_fragment)))
    same = [
        bool(a) == bool(b) and (not a or _canonical(a.smiles) == _canonical(b.smiles))  # type: ignore[union-attr]
        for a, b in zip(parents, expected, strict=True)
    ]
    assert np.mean(same) > 0.95


def test_one_comes_out_for_each_that_goes_in() -> None:
    rows = [(5, "CCO"), (6, ""), (7, "C.*"), (8, "CC("), (9, "[Na+].CC[O-]"), (10, None)]
    outcomes = Standardizer("parent").apply(rows)
    assert [outcome.row for outcome in outcomes] == [5, 6, 7, 8, 9, 10]
    assert [type(outcome) for outcome in outcomes] == [
        Molecule,
        Rejected,
        Rejected,
        Molecule,
        Molecule,
        Rejected,
    ]
    assert [o.kind for o in outcomes if isinstance(o, Rejected)] == [
        "empty SMILES",
        "dummy atom",
        "empty SMILES",
    ]


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("smiles", ["CCé", "CC name", "*C", "C~C", "", "C" * 20_000])
def test_every_mode_refuses_what_would_be_misread(mode: Mode, smiles: str) -> None:
    with pytest.raises(InvalidSmiles):
        Standardizer(mode)(smiles)


@pytest.mark.parametrize("smiles", ["CC(=O)[O-].[Na+]", "[2H]C", "CC("])
def test_off_changes_nothing(smiles: str) -> None:
    assert Standardizer("off")(smiles) == smiles


def test_chembl_disconnects_metals_and_drops_solvents() -> None:
    ibuprofen = "CC(C)Cc1ccc(cc1)C(C)C(=O)"
    standardized = Standardizer("chembl")(f"{ibuprofen}O[Na].O")
    assert standardized == _canonical(f"{ibuprofen}O")


def test_chembl_parses_every_row() -> None:
    [outcome] = Standardizer("chembl").apply([(0, "CC(")])
    assert isinstance(outcome, Rejected)
    assert outcome.stage is Stage.PARSE


def test_chembl_without_its_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standardize, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match=r"pip install 'molgnn-dgl\[chembl\]'"):
        Standardizer("chembl")


def test_an_exception_of_rdkit_is_a_rejected_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(mol: Chem.Mol) -> Chem.Mol:
        raise RuntimeError("Invariant\n Violation")

    broken = standardize._Procedure(standardize._PROCEDURES[VERSION][Mode.CHEMBL].signs, fail)
    monkeypatch.setitem(standardize._PROCEDURES[VERSION], Mode.CHEMBL, broken)
    [outcome] = Standardizer("chembl").apply([(3, "CC")])
    assert outcome == Rejected(
        3, "CC", Stage.STANDARDIZE, "cannot standardize: Invariant Violation"
    )


def test_it_survives_json_and_pickle() -> None:
    standardizer = Standardizer("chembl")
    assert Standardizer.from_json(standardizer.to_json()) == standardizer
    assert pickle.loads(pickle.dumps(standardizer)) == standardizer
    assert standardizer.to_json() == {"mode": "chembl", "version": 2}


@pytest.mark.parametrize(
    "record", [{"mode": "parent", "version": 3}, {"mode": "novel", "version": 1}, {}]
)
def test_a_bundle_of_a_newer_version_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(BundleError, match="version 1 or 2"):
        Standardizer.from_json(record)


def test_an_earlier_version_keeps_its_rules() -> None:
    earlier = Standardizer.from_json({"mode": "parent", "version": 1})
    assert earlier != Standardizer("parent")
    assert pickle.loads(pickle.dumps(earlier)) == earlier
    assert earlier("[Na]OC(C)=O") == "[Na]OC(C)=O"
    assert earlier("[CH3:1][OH:2]") == "[CH3:1][OH:2]"
    assert earlier("CC(=O)[O-].[Na+]") == "CC(=O)O"


@pytest.mark.parametrize(
    ("covalent", "ionic"),
    [
        ("[Na]OC(C)=O", "[Na+].[O-]C(C)=O"),
        ("CO[Mg]OC", "[Mg+2].C[O-].C[O-]"),
        ("CC(=O)O[Ca]OC(C)=O", "[Ca+2].CC([O-])=O.CC([O-])=O"),
        ("C[Mg]Br", "[CH3-].[Mg+2].[Br-]"),
        ("[Li]CCCC", "[Li+].[CH2-]CCC"),
        ("[Na]C#N", "[Na+].[C-]#N"),
        ("[K]F", "[K+].[F-]"),
        ("[Na]n1cccc1", "[Na+].[n-]1cccc1"),
        ("[Na]C1=CC=CC1", "[Na+].[cH-]1cccc1"),
        ("[Na][Si](C)(C)C", "[Na+].[Si-](C)(C)C"),
    ],
)
def test_a_salt_drawn_with_bonds_is_the_one_drawn_with_ions(covalent: str, ionic: str) -> None:
    standardizer = Standardizer("parent")
    assert standardizer(covalent) == standardizer(ionic)


@pytest.mark.parametrize("mode", list(Mode))
def test_atom_maps_are_no_part_of_a_molecule(mode: Mode) -> None:
    """RDKit would take the numbers for what makes the middle of propan-2-ol a stereocentre."""
    mapped = Standardizer(mode)("[CH3:1][C@H:2]([CH3:3])[OH:4]")
    assert ":" not in mapped
    assert _canonical(mapped) == "CC(C)O"


def test_a_reason_names_the_character_of_what_was_written() -> None:
    [outcome] = Standardizer("parent").apply([(0, "[CH3:12].C(C")])
    assert isinstance(outcome, Rejected)
    assert outcome.reason == why_rejected("[CH3:12].C(C")
    assert outcome.text == "[CH3:12].C(C"


def test_off_says_what_it_leaves_to_the_notation() -> None:
    assert Standardizer("parent").limits == ()
    [limit] = Standardizer("off").limits
    assert "as they were drawn" in limit


def test_an_unknown_mode_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="did you mean parent"):
        Standardizer("parents")


def test_nothing_is_written_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    Standardizer("parent").apply([(0, "CC[O-].[Na+]"), (1, "CC(.C"), (2, "[H+].[H]")])
    Standardizer("chembl").apply([(0, "CC[O-].[Na+]"), (1, "CC(.C"), (2, "[H+].[H]")])
    assert capfd.readouterr().err == ""


def _canonical(smiles: str) -> str:
    return Chem.CanonSmiles(smiles)
