"""A bundle is everything from SMILES to calibrated probability, and refuses to be altered."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from molgnn.chem.molecule_keys import molecule_keys
from molgnn.errors import BundleError, FileProblem
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.description import FORMAT
from molgnn.predictor.predictor import Predictor

MOLECULES = ["CCO", "c1ccccc1[N+](=O)[O-]", "[Na+].[Cl-]", "CC(=O)Oc1ccccc1C(=O)O"]


@pytest.fixture
def copy(tiny_bundle: Path, tmp_path: Path) -> Path:
    """Return a bundle that a test may spoil."""
    return Path(shutil.copytree(tiny_bundle, tmp_path / "copy"))


def test_a_saved_model_predicts_what_it_predicted_before(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = Bundle.load(tiny_bundle)
    bundle.save(tmp_path / "again")
    before = Predictor(bundle).predict(MOLECULES).values
    after = Predictor.load(tmp_path / "again").predict(MOLECULES).values
    np.testing.assert_array_equal(before, after)


def test_a_bundle_knows_which_molecules_it_was_trained_on(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    keys = np.unique(molecule_keys(["CCO", "C[C@H](N)C(=O)O"]))
    replace(Bundle.load(tiny_bundle), training_keys=keys).save(tmp_path / "model")
    bundle = Bundle.load(tmp_path / "model")
    rows = ["OCC", "C[C@@H]([NH3+])C(=O)[O-].[Na+]", "CCN", "c1cccc1", ""]
    known = bundle.trained_on(rows)
    assert known is not None
    assert known.tolist() == [True, True, False, False, False]


def test_a_bundle_without_them_does_not_know(tiny_bundle: Path) -> None:
    assert Bundle.load(tiny_bundle).trained_on(["CCO"]) is None


def test_a_million_molecules_take_eight_bytes_each(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = Bundle.load(tiny_bundle)
    keys = np.arange(1_000_000, dtype=np.uint64) << np.uint64(43)
    replace(bundle, training_keys=keys).save(tmp_path / "model")
    sizes = [
        (folder / "weights.safetensors").stat().st_size
        for folder in (tmp_path / "model", tiny_bundle)
    ]
    assert 8_000_000 <= sizes[0] - sizes[1] < 8_001_000
    np.testing.assert_array_equal(Bundle.load(tmp_path / "model").training_keys, keys)


def test_saving_replaces_an_earlier_model_and_leaves_nothing_else(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        Bundle.load(tiny_bundle).save(tmp_path / "models" / "mine")
    assert [p.name for p in tmp_path.rglob("*")].count("mine") == 1
    assert sorted(p.name for p in (tmp_path / "models" / "mine").iterdir()) == [
        "bundle.json",
        "weights.safetensors",
    ]


def test_an_earlier_model_stays_if_the_new_one_cannot_take_its_place(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fail_for_the_new_one(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new_one)
    with pytest.raises(FileProblem, match="No space left"):
        Bundle.load(copy).save(copy)
    assert sorted(path.name for path in copy.parent.iterdir()) == ["copy"]
    Bundle.load(copy)


def test_a_folder_of_other_files_is_not_replaced(tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(FileProblem, match="holds other files"):
        Bundle.load(tiny_bundle).save(tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_an_empty_folder_becomes_the_model(tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    Bundle.load(tiny_bundle).save(tmp_path / "model")
    Bundle.load(tmp_path / "model")


def test_the_same_model_gives_the_same_bytes(tiny_bundle: Path, tmp_path: Path) -> None:
    Bundle.load(tiny_bundle).save(tmp_path / "again")
    for name in ("bundle.json", "weights.safetensors"):
        assert (tmp_path / "again" / name).read_bytes() == (tiny_bundle / name).read_bytes()


def test_no_file_of_a_bundle_is_pickled(tiny_bundle: Path) -> None:
    assert (tiny_bundle / "bundle.json").read_bytes().startswith(b"{")
    header_length = int.from_bytes((tiny_bundle / "weights.safetensors").read_bytes()[:8], "little")
    header = (tiny_bundle / "weights.safetensors").read_bytes()[8 : 8 + header_length]
    assert all(name.startswith("0.") for name in json.loads(header))


@pytest.mark.parametrize("name", ["bundle.json", "weights.safetensors"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleError, match=rf"{name} is missing"):
        Bundle.load(copy)


@pytest.mark.parametrize("position", [9, 0.5, -1])
def test_one_changed_byte_of_the_weights_is_refused(copy: Path, position: float) -> None:
    path = copy / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[position if isinstance(position, int) else int(position * len(data))] ^= 1
    path.write_bytes(data)
    with pytest.raises(BundleError, match=r"weights\.safetensors .* sha256"):
        Bundle.load(copy)


def test_a_changed_calibration_is_refused(copy: Path) -> None:
    path = copy / "bundle.json"
    description = json.loads(path.read_text())
    description["calibration"]["intercepts"][0] = -3.0
    path.write_text(json.dumps(description))
    with pytest.raises(BundleError, match=r"bundle\.json .* sha256"):
        Bundle.load(copy)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"sha256": 1, "format": "x"}', "\x00"])
def test_a_description_that_is_none_is_refused(copy: Path, text: str) -> None:
    (copy / "bundle.json").write_text(text)
    with pytest.raises(BundleError, match=r"bundle\.json"):
        Bundle.load(copy)


def test_a_newer_format_asks_for_an_update(copy: Path) -> None:
    path = copy / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": FORMAT + 1}))
    with pytest.raises(BundleError, match="pip install --upgrade molgnn"):
        Bundle.load(copy)


def test_a_place_that_cannot_be_written_is_named(tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileProblem, match="cannot write the model"):
        Bundle.load(tiny_bundle).save(tmp_path / "file" / "model")
