"""A table is featurized once; whatever happens to the cache costs time, never a training."""

from __future__ import annotations

import errno
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from molgnn.cache import cache_folder
from molgnn.chem.standardize import Standardizer
from molgnn.fitting import cache
from molgnn.fitting.cache import FeaturizedTable, featurize_once
from molgnn.graph.featurizer import Featurizer


@pytest.fixture
def smiles(library: Path) -> list[str]:
    drugs = list(pd.read_csv(library)["smiles"])[:60]
    return [*drugs, "c1cccc1", drugs[0], ""]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep even small tables, in chunks that do not divide them."""
    monkeypatch.setattr(cache, "MIN_ROWS", 10)
    monkeypatch.setattr(cache, "ROWS_PER_CHUNK", 17)
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "cache"))


def featurize(smiles: list[str], mode: str = "parent") -> FeaturizedTable:
    return featurize_once(smiles, Standardizer(mode), Featurizer())


def refuse(*_: Any, **__: Any) -> None:
    raise AssertionError("this table has been featurized before")


def assert_same(ours: FeaturizedTable, theirs: FeaturizedTable) -> None:
    assert (ours.smiles, ours.rejected) == (theirs.smiles, theirs.rejected)
    for name in ("rows", "molecule_ids"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    for name, values in vars(theirs.molecules).items():
        np.testing.assert_array_equal(getattr(ours.molecules, name), values)


def test_the_second_time_nothing_is_featurized(
    smiles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = featurize(smiles)
    monkeypatch.setattr(cache, "prepare_molecules", refuse)
    assert_same(featurize(smiles), first)
    assert first.rows.tolist() == [*range(60), 61]
    assert [rejected.row for rejected in first.rejected] == [60, 62]
    assert first.molecule_ids[-1] == 0


def test_chunks_and_files_change_nothing(
    smiles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = featurize(smiles)
    monkeypatch.setattr(cache, "MIN_ROWS", 1000)
    monkeypatch.setattr(cache, "ROWS_PER_CHUNK", 1000)
    assert_same(kept, featurize(smiles))


def test_another_clean_up_is_another_entry(smiles: list[str]) -> None:
    featurize(smiles)
    featurize(smiles, "off")
    assert len(list(cache_folder().iterdir())) == 2


def test_a_damaged_entry_is_made_again(smiles: list[str]) -> None:
    first = featurize(smiles)
    (entry,) = cache_folder().iterdir()
    for name in ("atom_codes.npy", "rejected.json", "smiles.txt"):
        (entry / name).unlink()  # what is mapped by this process stays readable
        (entry / name).write_bytes(b"\x93NUMPY?")
        assert_same(featurize(smiles), first)


def test_a_cache_that_cannot_be_written_is_done_without(
    smiles: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = featurize(smiles)
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "file"))
    assert_same(featurize(smiles), first)


def test_a_full_disk_costs_no_training_not_even_beside_a_damaged_entry(
    smiles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = featurize(smiles)
    [entry] = cache_folder().iterdir()
    (entry / "rejected.json").write_text("?")

    def fill(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "_write", fill)
    assert_same(featurize(smiles), first)
    assert [*cache_folder().iterdir()] == [entry]


def test_cells_that_join_to_the_same_text_are_told_apart() -> None:
    ends = ["C"] * 10
    first, second = featurize(["CC\nN", "O", *ends]), featurize(["CC", "N\nO", *ends])
    assert len(list(cache_folder().iterdir())) == 2
    assert first.smiles != second.smiles


def test_another_process_maps_the_same_files(smiles: list[str]) -> None:
    featurize(smiles)
    opened = featurize(smiles).molecules
    sent = pickle.dumps(opened)
    assert len(sent) < 1000
    np.testing.assert_array_equal(pickle.loads(sent).atom_codes, opened.atom_codes)
    picked = opened.select([3, 1])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(picked)).atom_codes, picked.atom_codes)
