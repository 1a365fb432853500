"""What is taken out of a SMILES before it is read, and what is left alone."""

from __future__ import annotations

import pytest
from rdkit import Chem

from molgnn.chem.notation import plain_smiles


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("[CH3:1][CH2:22][OH:3]", "[CH3][CH2][OH]"),
        ("[Na+:1].[Cl-:2]", "[Na+].[Cl-]"),
        ("CC |(0,1,;-1.5,2.2e-05,)|", "CC ||"),
        ("CC |(0,1,;1,2,),wU:1.1,wD:0.0,2.3|", "CC ||"),
        ("CC |(0,1,;1,2,),^1:0,wU:1.1|", "CC |^1:0|"),
        (r"[H]/C1=C(\[H])CCCCCC1", r"C1(\[H])=C(\[H])CCCCCC1"),
        (r"C.[H]\C%10=C/CCCCCC%10", r"C.C%10(/[H])=C/CCCCCC%10"),
    ],
)
def test_what_is_no_part_of_the_molecule_is_left_out(written: str, plain: str) -> None:
    assert plain_smiles(written) == plain


@pytest.mark.parametrize(
    "smiles",
    [
        "CCO",
        "c1:c:c:c:c:c1",
        "C[C@H](F)O |o1:1|",
        "CC |^1:0|",
        "[H][H]",
        r"[H]/N=C/C",
        r"[H]/C(C)=C/C",
        "not a molecule: 1]",
        "",
    ],
)
def test_anything_else_keeps_its_text(smiles: str) -> None:
    assert plain_smiles(smiles) == smiles


def test_a_hydrogen_before_a_ring_keeps_the_configuration() -> None:
    cis = Chem.MolFromSmiles(r"C1CCCCC/C=C\CCCCC1")
    written = Chem.MolToSmiles(Chem.AddHs(cis))
    assert written.startswith("[H]/C1=")
    assert Chem.CanonSmiles(plain_smiles(written)) == Chem.MolToSmiles(cis)


def test_wedged_bonds_do_not_hide_a_double_bond_beside_them() -> None:
    smiles = "C/C=C/[C@H](F)O"
    written = f"{smiles} |(0,0,;1,0,;2,1,;3,1,;4,2,;4,0,),wU:3.3|"
    assert Chem.CanonSmiles(plain_smiles(written)) == Chem.CanonSmiles(smiles)
