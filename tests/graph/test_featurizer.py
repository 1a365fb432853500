"""SMILES in, molecules and reasons out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from molgnn.chem.parsing import why_rejected
from molgnn.errors import ConfigError, UnknownName
from molgnn.graph import featurizer as module
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS

BACKENDS = ["auto", "rdkit"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_bad_smiles_is_rejected_alone_with_the_parsers_reason(
    backend: str, valid: list[str], invalid: list[str]
) -> None:
    smiles = [text for pair in zip(valid, invalid, strict=False) for text in pair]
    molecules, rejected = Featurizer("canonical", backend)(smiles)
    assert rejected == {
        i: reason for i, text in enumerate(smiles) if (reason := why_rejected(text)) is not None
    }
    assert sorted(rejected) == list(range(1, len(smiles), 2))
    kept = [text for i, text in enumerate(smiles) if i not in rejected]
    assert molecules.n_atoms.tolist() == [Chem.MolFromSmiles(s).GetNumAtoms() for s in kept]


@pytest.mark.parametrize("backend", BACKENDS)
def test_positions_count_across_pieces(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    smiles = ["C", "CC", "foo", "CCC", "", "CCCC", "c1cccc1"]
    whole = Featurizer("canonical", backend)(smiles)
    monkeypatch.setattr(module, "MOLS_PER_PIECE", 2)
    pieces = Featurizer("canonical", backend)(smiles)
    assert pieces.rejected == whole.rejected
    assert list(pieces.rejected) == [2, 4, 6]
    assert pieces.molecules.n_atoms.tolist() == whole.molecules.n_atoms.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("smiles", [[], ["foo"], ["", "c1cccc1"]])
def test_no_molecule_at_all_is_an_empty_store_of_the_right_columns(
    backend: str, smiles: list[str]
) -> None:
    molecules, rejected = Featurizer("canonical", backend)(smiles)
    assert len(molecules) == 0
    assert len(rejected) == len(smiles)
    preset = PRESETS["canonical"]
    assert molecules.atom_codes.shape == (0, len(preset.atoms))
    assert molecules.bond_codes.shape == (0, len(preset.bonds))


@pytest.mark.parametrize("backend", BACKENDS)
def test_bonds_and_their_ends_stand_in_rdkits_order(backend: str, valid: list[str]) -> None:
    molecules = Featurizer("canonical", backend)(valid).molecules
    expected = [
        (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
        for text in valid
        for bond in Chem.MolFromSmiles(text).GetBonds()
    ]
    np.testing.assert_array_equal(molecules.bond_ends, expected)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_gap_in_a_pandas_column_is_a_rejected_row(backend: str) -> None:
    column = pd.Series(["CCO", None, float("nan"), "C"], index=[7, 7, 8, 9])
    molecules, rejected = Featurizer("canonical", backend)(column)
    assert list(rejected) == [1, 2]
    assert molecules.n_atoms.tolist() == [3, 1]


def test_one_text_is_refused_as_its_letters_would_pass_for_molecules() -> None:
    with pytest.raises(ConfigError, match="one text 'CCO'"):
        Featurizer()("CCO")


def test_an_unknown_preset_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="did you mean canonical"):
        Featurizer("cannonical")


def test_an_unknown_backend_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="did you mean cpp"):
        Featurizer("canonical", "c++p")


def test_a_preset_of_ones_own_is_used_as_it_is() -> None:
    preset = PRESETS["canonical"]
    assert Featurizer(preset).preset is preset
