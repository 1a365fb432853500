"""Many molecules: in order, whatever fails, in any number of processes, once for each content."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from molgnn.cache import cache_folder
from molgnn.chem.descriptors import FEATURE_SETS, FeatureTable, compute_features, feature_set
from molgnn.chem.descriptors import compute as compute_module
from molgnn.errors import ConfigError, UnknownName

SETS = ["maccs", "ecfp4"]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep even a few molecules, in pieces that do not divide them."""
    monkeypatch.setattr(compute_module, "MIN_ROWS", 10)
    monkeypatch.setattr(compute_module, "MOLS_PER_PIECE", 7)
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register a set with faults, here and in the workers."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    faulty_set = import_module("faulty_set")
    monkeypatch.setitem(FEATURE_SETS, "faulty", faulty_set.Faulty)
    monkeypatch.setattr(compute_module, "load_computing", faulty_set.load_with_faults)
    yield
    feature_set.cache_clear()


def refuse(*_: Any) -> None:
    raise AssertionError("these have been computed before")


def assert_same(ours: FeatureTable, theirs: FeatureTable) -> None:
    assert ours.sets == theirs.sets
    np.testing.assert_array_equal(ours.to_numpy(), theirs.to_numpy())


def test_pieces_and_processes_change_nothing(all_smiles: list[str]) -> None:
    whole = compute_module.compute_piece((tuple(SETS), all_smiles))
    assert_same(compute_features(all_smiles, SETS, cached=False), whole)
    assert_same(compute_features(all_smiles, SETS, n_processes=2, cached=False), whole)


def test_a_text_that_is_no_molecule_has_a_row_of_gaps() -> None:
    values = compute_features(["CCO", "c1cccc1", "", "CCO"], SETS).to_numpy()
    assert np.isnan(values[1:3]).all()
    np.testing.assert_array_equal(values[0], values[3])
    assert not np.isnan(values[0]).any()


def test_a_molecule_that_is_repeated_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compute_piece = compute_module.compute_piece
    monkeypatch.setattr(
        compute_module,
        "compute_piece",
        lambda task: (asked.extend(task[1]), compute_piece(task))[1],
    )
    repeated = compute_features(["CCO", "CC", "CCO"], SETS)
    assert asked == ["CCO", "CC"]
    assert_same(repeated, compute_features(["CCO", "CC"], SETS).select([0, 1, 0]))


def test_no_molecules_have_no_rows() -> None:
    assert compute_features([], SETS).to_numpy().shape == (0, 166 + 2048)


def test_hydrogens_that_tell_the_sides_of_a_bond_are_no_atoms() -> None:
    values = compute_features([r"N/C(=N\[H])c1ccccc1", "NC(=N)c1ccccc1"], ["ecfp4"]).to_numpy()
    np.testing.assert_array_equal(values[0], values[1])


@pytest.mark.usefixtures("faulty")
def test_what_a_set_cannot_compute_costs_that_set_alone() -> None:
    table = compute_features(["CC", "[Ne]", "CCC"], ["faulty", "maccs"])
    np.testing.assert_array_equal(table.to_numpy()[:, 0], [2, np.nan, 3])
    assert not np.isnan(table.to_numpy()[:, 1:]).any()


@pytest.mark.usefixtures("faulty")
def test_a_molecule_that_ends_or_holds_up_its_process_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compute_module, "SECONDS_PER_PIECE", 2)
    smiles = ["C", "[Xe]", "CC", "CCC", "CCCC", "CC", "[Kr]", *("N" * n for n in range(1, 8))]
    table = compute_features(smiles, ["maccs", "faulty"], n_processes=2)
    assert not np.isnan(table.to_numpy()[:, :-1]).any()
    expected = [1, np.nan, 2, 3, 4, 2, np.nan, *range(1, 8)]
    np.testing.assert_array_equal(table.to_numpy()[:, -1], expected)


def test_the_second_time_nothing_is_computed(
    drugs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compute_features(drugs, SETS)
    monkeypatch.setattr(compute_module, "compute_piece", refuse)
    assert_same(compute_features(drugs, SETS), first)
    assert compute_features(drugs, SETS[::-1]).sets == ("ecfp4", "maccs")


def test_a_further_set_is_computed_alone(drugs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    compute_features(drugs, ["maccs"])
    asked = []
    compute_piece = compute_module.compute_piece
    monkeypatch.setattr(
        compute_module,
        "compute_piece",
        lambda task: (asked.append(task[0]), compute_piece(task))[1],
    )
    compute_features(drugs, SETS)
    assert set(asked) == {("ecfp4",)}


@pytest.mark.parametrize("change", ["version", "rdkit"])
def test_another_version_is_another_entry(
    drugs: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    compute_features(drugs, ["maccs"])
    if change == "version":
        monkeypatch.setattr(FEATURE_SETS["maccs"], "version", 99)
    else:
        monkeypatch.setattr(compute_module.rdkit, "__version__", "1999.03")
    compute_features(drugs, ["maccs"])
    assert len(list(cache_folder().iterdir())) == 2


@pytest.mark.parametrize("name", ["features.json", "data.bin", "indptr.npy"])
def test_a_damaged_entry_is_made_again(drugs: list[str], name: str) -> None:
    first = compute_features(drugs, ["maccs"])
    [entry] = cache_folder().iterdir()
    expected = first.to_numpy()
    (entry / name).unlink()  # what is mapped by this process stays readable
    (entry / name).write_bytes(b"?")
    np.testing.assert_array_equal(compute_features(drugs, ["maccs"]).to_numpy(), expected)
    assert [*cache_folder().iterdir()] == [entry]


def test_a_cache_that_cannot_be_written_is_done_without(
    drugs: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "file"))
    assert len(compute_features(drugs, SETS)) == len(drugs)


def test_few_molecules_are_not_kept() -> None:
    compute_features(["CCO"] * 9, SETS)
    compute_features(["CCO"] * 20, SETS, cached=False)
    assert not cache_folder().exists()


def test_an_unknown_set_and_one_given_twice_are_errors() -> None:
    with pytest.raises(UnknownName, match="unknown feature set"):
        compute_features(["C"], ["maccs", "macs"])
    with pytest.raises(ConfigError, match=r"but got \['maccs', 'maccs'\]; fix: name each once"):
        compute_features(["C"], ["maccs", "maccs"])
    with pytest.raises(ConfigError, match=r"n_processes=… of 1 or more but got 0"):
        compute_features(["C"], SETS, n_processes=0)
