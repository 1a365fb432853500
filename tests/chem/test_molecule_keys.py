"""A key is the same for every notation of a molecule, and another for another molecule."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from molgnn.chem import molecule_keys as module
from molgnn.chem.molecule_keys import key_of_digest, molecule_keys

ETHANOL = "LFQSCWFLJHTTHZ"


@pytest.fixture(scope="module")
def drugs(library: Path) -> list[str]:
    return list(pd.read_csv(library)["smiles"])[:200]


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Share even a few molecules among two processes, which no cache spares."""
    monkeypatch.setattr(module, "MIN_PER_PROCESS", 10)
    monkeypatch.setattr(module, "usable_cores", lambda: 2)
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "cache"))


def test_stereoisomers_isotopes_and_notations_share_a_key() -> None:
    alanine = ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "OC(=O)C(N)C", "[13CH3]C(N)C(=O)O"]
    assert len(set(molecule_keys(alanine).tolist())) == 1


def test_different_molecules_have_different_keys(drugs: list[str]) -> None:
    skeletons = {Chem.MolToInchiKey(Chem.MolFromSmiles(text))[:14] for text in drugs}
    assert len(set(molecule_keys(drugs).tolist())) == len(skeletons)


def test_a_key_is_the_beginning_of_a_hash_that_anybody_can_compute() -> None:
    digest = hashlib.sha256(ETHANOL.encode())
    assert molecule_keys(["CCO"])[0] == np.frombuffer(digest.digest()[:8], dtype=np.uint64)[0]
    assert molecule_keys(["CCO"])[0] == key_of_digest(digest.hexdigest())


def test_what_is_no_molecule_of_inchi_has_a_key_as_well() -> None:
    keys = molecule_keys(["*CC", "**", "nonsense", "", "CC\udce9", "CCO |$\udce9$|"])
    assert len(set(keys.tolist())) == 6
    assert len(molecule_keys([])) == 0


def test_several_processes_give_the_keys_of_one(drugs: list[str], two_processes: None) -> None:
    smiles = [*drugs, "CC\udce9", "C\nC", drugs[0]]
    np.testing.assert_array_equal(molecule_keys(smiles), module._compute_here(smiles))


def test_a_process_that_cannot_be_started_is_done_without(
    drugs: list[str], two_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def fail(command: list[str], **_: Any) -> None:
        asked.append(command)
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", fail)
    np.testing.assert_array_equal(molecule_keys(drugs), module._compute_here(drugs))
    assert len(asked) == 2
