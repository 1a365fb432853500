from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molgnn.chem.parsing import MAX_LENGTH, parse, why_rejected
from molgnn.errors import InvalidSmiles


@pytest.mark.parametrize(
    "smiles",
    [
        "CCO",
        "  CCO\n",
        "[Na+].[Cl-]",
        "C[N+](C)(C)C",
        "[2H]C",
        "[CH3]",
        "C1CC%99CCC%99C1",
        "C$C",
        "N->[Pt](Cl)Cl",
        "[#6]",
        "CCO |$;;label$|",
    ],
)
def test_what_rdkit_reads_is_read(smiles: str) -> None:
    assert parse(smiles).GetNumAtoms() > 0


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("", "empty SMILES: "),
        (" \t", "empty SMILES: "),
        (None, "empty SMILES: "),
        (float("nan"), "empty SMILES: "),
        ("CC(", "invalid SMILES: syntax error near character 3, '('"),
        ("CC)C", "invalid SMILES: extra close parentheses near character 3, ')'"),
        ("C1CC", "invalid SMILES: unclosed ring"),
        ("C11", "invalid SMILES: duplicated ring closure 1"),
        ("CC\x00O", "invalid SMILES: U+0000 at character 3"),
        ("CC name", "invalid SMILES: a blank at character 3"),
        ("invalid mol block: it has no atoms", "invalid mol block: it has no atoms"),
        ("[#119]", "invalid SMILES: an atomic number that no element has"),
        ("CC |", "invalid SMILES: RDKit cannot read it"),
        ("CC |$a", "invalid SMILES: its ChemAxon extension |… has no end; if commas in it"),
        ("c1cccc1", "cannot kekulize: Unkekulized atoms: 0 1 2 3 4"),
        ("[nH]", "cannot kekulize: non-ring atom 0 marked aromatic"),
        ("C[Al](C)(C)(C)C", "impossible valence: Explicit valence for atom # 1 Al, 5"),
        ("C(C)(C)(C)(C)C", "impossible valence: Explicit valence for atom # 0 C, 5"),
        ("*CC", "dummy atom: '*'"),
        ("[*:1]C", "dummy atom: '*'"),
        ("[#0]C", "dummy atom: '*'"),
        ("*C |$R1;$|", "dummy atom: '*'"),
        ("[R1]CC", "dummy atom: [R1]"),
        ("C[R#]", "dummy atom: [R#]"),
        ("C~C", "query bond: '~'"),
    ],
)
def test_the_reason_names_the_kind_and_the_place(smiles: str, reason: str) -> None:
    with pytest.raises(InvalidSmiles) as caught:
        parse(smiles)
    assert str(caught.value).startswith(reason)
    assert why_rejected(smiles) == str(caught.value)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("InChI=1S/CH4/h1H4", "InChI"),
        ("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "InChIKey"),
        ("50-78-2", "CAS number"),
        ("aspirin", "name"),
        ("CC>>CO", "reaction"),
        ("[C,N]C", "SMARTS"),
        ("CCO,ethanol", "CSV"),
    ],
)
def test_what_is_mistaken_for_smiles_is_recognized(text: str, advice: str) -> None:
    assert advice in (why_rejected(text) or "")


@pytest.mark.parametrize("smiles", ["CCé", "C\u03b1C", "C\u200bC", "CC\xa0O", "CC\udce9"])
def test_characters_that_rdkit_would_drop_are_refused(smiles: str) -> None:
    assert (why_rejected(smiles) or "").startswith("invalid SMILES: ")


def test_a_byte_that_is_no_text_is_named_by_its_value() -> None:
    assert "byte 0xE9" in (why_rejected("CC\udce9") or "")


def test_an_extension_is_obeyed() -> None:
    assert parse("CC |^1:0|").GetAtomWithIdx(0).GetNumRadicalElectrons() == 1


def test_a_text_beyond_the_limit_is_refused_before_rdkit_sees_it() -> None:
    assert (why_rejected("C" * (MAX_LENGTH + 1)) or "").startswith("too long: 5,001 characters")
    assert why_rejected("C" * MAX_LENGTH) is None


def test_nothing_is_written_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    for smiles in ["CC(", "c1cccc1", "[H]", "[#119]", "CC |zz", "CCO"]:
        why_rejected(smiles)
    assert capfd.readouterr().err == ""


def test_rdkits_own_log_is_on_again_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    from rdkit import Chem, RDLogger

    RDLogger.EnableLog("rdApp.error")  # dgllife turns it off wherever it is imported
    why_rejected("CC(")
    Chem.MolFromSmiles("CC(")
    assert "SMILES Parse Error" in capfd.readouterr().err


@given(st.one_of(st.text(max_size=30), st.text("CcNnO()[]=#123+-@/\\.*~%|>$ ", max_size=30)))
@settings(max_examples=300)
def test_any_text_gives_a_molecule_or_a_reason(text: str) -> None:
    reason = why_rejected(text)
    if reason is not None:
        kind, colon, detail = reason.partition(": ")
        assert kind
        assert colon
        assert detail
