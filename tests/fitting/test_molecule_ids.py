"""Rows that show the same molecule have the same number."""

from __future__ import annotations

import pytest

from molgnn.fitting.molecule_ids import assign_molecule_ids
from molgnn.graph.featurizer import Featurizer


@pytest.mark.parametrize("preset", ["canonical", "attentivefp", "chemprop", "ogb"])
def test_spellings_of_a_molecule_are_one_and_its_isomers_are_others(preset: str) -> None:
    smiles = [
        "C[C@H](N)C(=O)O", "OC(=O)[C@@H](N)C", "C[C@@H](N)C(=O)O",  # alanine twice, its mirror
        "c1ccccc1O", "OC1=CC=CC=C1",  # phenol, aromatic and not
        "CCCO", "CC(C)O", "C/C=C/C", r"C/C=C\C",  # isomers
    ]  # fmt: skip
    molecules, rejected = Featurizer(preset)(smiles)
    assert not rejected
    assert assign_molecule_ids(molecules, smiles).tolist() == [0, 0, 2, 3, 3, 5, 6, 7, 8]


def test_nothing_has_no_identity() -> None:
    assert len(assign_molecule_ids(Featurizer()([]).molecules, [])) == 0
