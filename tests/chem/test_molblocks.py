from __future__ import annotations

import pytest
from rdkit import Chem
from rdkit.Chem import AllChem

from molgnn.chem.molblocks import MAX_LINES, convert_mol_block
from molgnn.chem.parsing import parse
from molgnn.errors import InvalidSmiles

REAL = [
    "CC(=O)Oc1ccccc1C(=O)O",
    "C[C@H](N)C(=O)O",
    "C/C=C/Cl",
    "C/C=C\\Cl",
    "[2H]C([2H])([2H])O",
    "C[N+](C)(C)CC(=O)[O-]",
    "[Na+].CC(=O)[O-]",
    "O=[N+]([O-])c1ccc[nH]1",
    "F[P-](F)(F)(F)(F)F",
]


@pytest.mark.parametrize("is_v3000", [False, True])
@pytest.mark.parametrize("smiles", REAL)
def test_a_mol_block_gives_the_isomeric_canonical_smiles(smiles: str, is_v3000: bool) -> None:
    mol = Chem.MolFromSmiles(smiles)
    AllChem.Compute2DCoords(mol)
    block = Chem.MolToMolBlock(mol, forceV3000=is_v3000)
    assert convert_mol_block(block) == Chem.CanonSmiles(smiles)


def test_hydrogens_that_are_drawn_are_taken_for_granted() -> None:
    mol = Chem.AddHs(Chem.MolFromSmiles("CCO"))
    assert convert_mol_block(Chem.MolToMolBlock(mol)) == "CCO"


def test_stereochemistry_is_read_from_coordinates_in_space() -> None:
    mol = Chem.AddHs(Chem.MolFromSmiles("C[C@H](N)C(=O)O"))
    AllChem.EmbedMolecule(mol, randomSeed=1)
    for atom in mol.GetAtoms():
        atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    assert convert_mol_block(Chem.MolToMolBlock(mol)) == "C[C@H](N)C(=O)O"


def test_the_reason_of_a_refusal_is_what_parse_refuses_with_too() -> None:
    with pytest.raises(InvalidSmiles) as caught:
        convert_mol_block("no block\n")
    with pytest.raises(InvalidSmiles) as again:
        parse(str(caught.value))
    assert str(again.value) == str(caught.value)


@pytest.mark.parametrize("content", ["\n", "x", "C\n", "\udce9\x00"])
def test_a_reason_is_one_short_line(content: str) -> None:
    with pytest.raises(InvalidSmiles, match=r"^invalid mol block: [^\n]{5,200}$"):
        convert_mol_block(content * (MAX_LINES + 1))
