from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from rdkit.Chem import MolFromSmiles, MolToSmiles

from benchmarks.records import REPOSITORY
from benchmarks.speed import featurizing
from benchmarks.speed.featurizing import MESSY, make_groups, measure, to_table

OPTIONS = ["--mode", "parent", "--backend", "auto", "--presets", "canonical"]


@pytest.mark.parametrize("smiles", ["CC.O", "C[NH3+]", "CC[O-]", "[2H]C", "[CH3:1]C", "[H]CO"])
def test_salts_charges_isotopes_atom_maps_and_hydrogens_are_messy(smiles: str) -> None:
    assert MESSY.search(smiles)


@pytest.mark.parametrize("smiles", ["CC=O", "C[C@@H](N)O", "c1cc[nH]c1", "C/C=C/C-c1ccccc1"])
def test_brackets_for_stereo_and_aromatic_hydrogens_are_clean(smiles: str) -> None:
    assert not MESSY.search(smiles)


def test_other_notations_are_of_the_same_clean_molecules() -> None:
    groups = make_groups([featurizing.DRUGS], 30)
    clean, *others = (groups[f"approved_drugs, {kind}"] for kind in KINDS)
    assert len(clean) > 10
    for mapped_or_explicit in others:
        for text, other in zip(clean, mapped_or_explicit, strict=True):
            mol = MolFromSmiles(other)
            for atom in mol.GetAtoms():
                atom.SetAtomMapNum(0)
            assert MESSY.search(other)
            assert canonical(MolToSmiles(mol)) == canonical(text)


KINDS = ("clean", "explicit hydrogens", "atom maps")


def canonical(smiles: str) -> str:
    return str(MolToSmiles(MolFromSmiles(smiles)))


def test_each_step_is_timed_in_a_process_that_has_the_molgnn_of_that_checkout() -> None:
    [times] = measure([REPOSITORY], {"clean": ["CCO", "c1ccccc1"]}, OPTIONS, 1)
    assert list(times["clean"]) == ["standardize parent", "featurize canonical"]
    assert all(len(values) == 1 and values[0] > 0 for values in times["clean"].values())


def test_a_checkout_whose_molgnn_is_not_the_one_imported_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = CompletedProcess([], 0, json.dumps({"molgnn": "/elsewhere/molgnn", "times": {}}))
    monkeypatch.setattr(featurizing.subprocess, "run", lambda *_, **__: answer)
    with pytest.raises(RuntimeError, match=r"but /elsewhere/molgnn was .*; fix: name the root"):
        measure([tmp_path], {"clean": ["CCO"]}, OPTIONS, 1)


def test_a_ratio_is_the_median_over_the_rounds_of_this_checkout_by_the_other() -> None:
    ours = {"clean": {"standardize": [1.0, 2.0, 30.0]}}
    theirs = {"clean": {"standardize": [2.0, 8.0, 10.0]}}
    record = json.loads(
        json.dumps(
            {
                "machine": {"cpu": "any"},
                "rows": {"clean": 7},
                "backend": "auto",
                "checkouts": ["new", "old"],
                "us_per_molecule": [ours, theirs],
            }
        )
    )
    assert to_table(record).rows == [["clean (7)", "standardize", "2.0", "8.0", "0.50"]]
