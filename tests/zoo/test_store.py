"""What a model is called, and what is found under that name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from molgnn.errors import BundleError
from molgnn.predictor.description import to_text
from molgnn.zoo import catalogue
from molgnn.zoo.store import load, resolve, verify


@pytest.fixture
def zoo(tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the weights of a catalogue of one model, dmpnn.tiny alias tiny."""
    weights = tmp_path / "weights"
    shutil.copytree(tiny_bundle, weights / "dmpnn.tiny")
    sha256 = json.loads((tiny_bundle / "bundle.json").read_text())["sha256"]
    record = {"dmpnn.tiny": {"sha256": sha256, "aliases": ["tiny"]}}
    (tmp_path / "catalogue.json").write_text(json.dumps(record))
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", weights)
    catalogue.entries.cache_clear()
    yield weights
    catalogue.entries.cache_clear()


@pytest.mark.parametrize("name", ["tiny", "dmpnn.tiny"])
def test_a_name_is_the_model_even_beside_a_folder_of_that_name(
    zoo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    assert resolve(name) == zoo / "dmpnn.tiny"
    for folder in (f"./{name}", Path(name)):
        with pytest.raises(BundleError, match=r"holds no bundle\.json"):
            resolve(folder)


def test_a_folder_that_is_not_there_is_no_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"got no folder .*nowhere"):
        resolve(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("use", [load, verify])
def test_another_model_under_the_name_is_found(zoo: Path, use: Callable[[str], object]) -> None:
    path = zoo / "dmpnn.tiny" / "bundle.json"
    description = json.loads(path.read_text())
    del description["sha256"]
    description["card"]["summary"] = "something else"
    path.write_text(to_text(description))
    with pytest.raises(BundleError, match=r"expected dmpnn\.tiny with sha256"):
        use("tiny")


def test_a_changed_byte_is_found_in_any_model(zoo: Path) -> None:
    verify("tiny")
    with (zoo / "dmpnn.tiny" / "weights.safetensors").open("ab") as file:
        file.write(b"x")
    for model in ("tiny", zoo / "dmpnn.tiny"):
        with pytest.raises(BundleError, match=r"weights\.safetensors is not as molgnn saved it"):
            verify(model)
