from __future__ import annotations

import pytest
from rdkit import Chem

from molgnn.chem.descriptors import feature_set
from molgnn.chem.descriptors.toxicophore_patterns import SOURCES, TOXICOPHORES, Toxicophore

HARMLESS = ["CCO", "CC(=O)NC", "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O", "NCC(=O)O", "CCCCCC"]


def found(smiles: str) -> dict[str, float]:
    features = feature_set("toxicophores")
    values = features.compute(Chem.MolFromSmiles(smiles))
    return {name: value for name, value in zip(features.columns, values, strict=True) if value}


@pytest.mark.parametrize("toxicophore", TOXICOPHORES, ids=lambda each: each.name)
def test_each_example_has_its_group(toxicophore: Toxicophore) -> None:
    assert toxicophore.source in SOURCES
    assert found(toxicophore.example)[toxicophore.name] >= 1


@pytest.mark.parametrize("smiles", HARMLESS)
def test_harmless_molecules_have_none(smiles: str) -> None:
    assert not {each.name for each in TOXICOPHORES} & set(found(smiles))


def test_every_source_is_cited() -> None:
    assert {each.source for each in TOXICOPHORES} == set(SOURCES)


def test_groups_are_counted() -> None:
    assert found("O=[N+]([O-])c1ccc([N+](=O)[O-])cc1")["aromatic nitro"] == 2


def test_alerts_of_the_catalogues_bear_their_name() -> None:
    assert "Brenk: nitro_group" in found("O=[N+]([O-])c1ccccc1")


def test_a_quinone_is_one_in_a_larger_system_too() -> None:
    assert found("O=C1C=CC(=O)c2ccccc21")["para-quinone"] == 1
    assert found("O=C1c2ccccc2C(=O)c2ccccc21")["para-quinone"] == 1
