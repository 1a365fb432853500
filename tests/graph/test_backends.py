"""The backends differ in speed alone."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from molgnn.errors import ConfigError, MissingDependency, UnknownName
from molgnn.graph.backends import cpp
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.graph.presets.column import Column, Preset
from molgnn.graph.store import ARRAYS

SERVED = ("canonical", "chemprop", "ogb")


@pytest.fixture(autouse=True)
def _needs_cpp(request: pytest.FixtureRequest) -> None:
    if "without_cpp" not in request.fixturenames:
        pytest.importorskip("cuik_molmaker")


@pytest.fixture
def without_cpp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cuik_molmaker", None)


def assert_same_result(preset: str, smiles: Sequence[str]) -> None:
    fast, slow = Featurizer(preset, "cpp")(smiles), Featurizer(preset, "rdkit")(smiles)
    assert fast.rejected == slow.rejected
    for name in ARRAYS:
        ours, theirs = getattr(fast.molecules, name), getattr(slow.molecules, name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs, err_msg=name)


@pytest.mark.parametrize("preset", SERVED)
def test_rare_and_invalid_smiles_give_the_same(
    preset: str, valid: list[str], invalid: list[str]
) -> None:
    assert_same_result(preset, valid + invalid)


@pytest.mark.slow
def test_20000_real_smiles_give_the_same(real_smiles: list[str]) -> None:
    assert_same_result("canonical", real_smiles)


@pytest.mark.parametrize("preset", SERVED)
def test_real_smiles_give_the_same_for_every_preset(preset: str, real_smiles: list[str]) -> None:
    assert_same_result(preset, real_smiles[::40])


def test_failures_among_real_smiles_shift_no_molecule(
    real_smiles: list[str], valid: list[str], invalid: list[str]
) -> None:
    mixed = real_smiles[::40] + valid + invalid * 2
    random.Random(0).shuffle(mixed)
    assert_same_result("canonical", mixed)


@pytest.mark.parametrize("n_mols", [0, 1, cpp.MOLS_PER_CALL, cpp.MOLS_PER_CALL + 1])
def test_no_number_of_molecules_is_special(n_mols: int) -> None:
    assert_same_result("canonical", ["CCO"] * n_mols)


def test_nothing_is_written_to_stderr(
    capfd: pytest.CaptureFixture[str], invalid: list[str]
) -> None:
    for backend in ("cpp", "rdkit"):
        Featurizer("canonical", backend)(invalid)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("preset", PRESETS)
def test_auto_takes_cpp_where_it_knows_every_column(preset: str) -> None:
    assert Featurizer(preset).backend == ("cpp" if preset in SERVED else "rdkit")


@pytest.mark.parametrize(
    "column",
    [
        Column("chiral_tag", (0, 1, 2, 3, 6)),
        Column("bond_type", (1, 2, 3, 17)),
        Column("bond_type", (1, 2, 3), kind="number"),
    ],
)
def test_cpp_refuses_what_it_does_not_tell_apart(column: Column) -> None:
    is_bond = column.name == "bond_type"
    preset = Preset("mine", () if is_bond else (column,), (column,) if is_bond else ())
    assert Featurizer(preset).backend == "rdkit"
    with pytest.raises(ConfigError, match=column.name):
        Featurizer(preset, "cpp")


def test_an_unknown_property_is_named_with_those_that_exist() -> None:
    preset = Preset("mine", (Column("atomic_nmber", (6, 7)),), ())
    with pytest.raises(UnknownName, match="did you mean atomic_number"):
        Featurizer(preset)


@pytest.mark.usefixtures("without_cpp")
def test_auto_does_without_cpp() -> None:
    assert Featurizer("canonical").backend == "rdkit"


@pytest.mark.usefixtures("without_cpp")
def test_asking_for_cpp_in_vain_tells_how_to_install_it() -> None:
    with pytest.raises(MissingDependency, match=r"pip install 'molgnn-dgl\[fast\]'"):
        Featurizer("canonical", "cpp")
