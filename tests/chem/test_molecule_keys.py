"""A key is the same for every notation of a molecule, and another for another molecule."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from rdkit import Chem

from molgnn.chem.molecule_keys import molecule_keys


def test_stereoisomers_isotopes_and_notations_share_a_key() -> None:
    alanine = ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "OC(=O)C(N)C", "[13CH3]C(N)C(=O)O"]
    assert len(set(molecule_keys(alanine).tolist())) == 1


def test_different_molecules_have_different_keys(library: object) -> None:
    smiles = list(pd.read_csv(library)["smiles"])[:200]
    skeletons = {Chem.MolToInchiKey(Chem.MolFromSmiles(text))[:14] for text in smiles}
    assert len(set(molecule_keys(smiles).tolist())) == len(skeletons)


def test_a_key_is_the_beginning_of_a_hash_that_anybody_can_compute() -> None:
    digest = hashlib.sha256(b"LFQSCWFLJHTTHZ").digest()  # ethanol's
    assert molecule_keys(["CCO"])[0] == np.frombuffer(digest[:8], dtype=np.uint64)[0]


def test_what_is_no_molecule_of_inchi_has_a_key_as_well() -> None:
    keys = molecule_keys(["*CC", "**", "nonsense", ""])
    assert len(set(keys.tolist())) == 4
    assert len(molecule_keys([])) == 0
