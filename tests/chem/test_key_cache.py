"""A molecule's key is computed once; whatever happens to the file costs time alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from molgnn.cache import cache_folder
from molgnn.chem import key_cache, molecule_keys


@pytest.fixture(scope="module")
def drugs(library: Path) -> list[str]:
    return list(pd.read_csv(library)["smiles"])[:60]


@pytest.fixture(autouse=True)
def computed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Keep the keys even of a few molecules, in a cache of their own, and note what is computed."""
    compute, noted = molecule_keys._compute, list[str]()

    def note(texts: Sequence[str]) -> np.ndarray:
        noted.extend(texts)
        return compute(texts)

    monkeypatch.setattr(molecule_keys, "_compute", note)
    monkeypatch.setattr(molecule_keys, "MIN_CACHED", 1)
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "cache"))
    return noted


def keys(smiles: Sequence[str]) -> list[int]:
    return molecule_keys.molecule_keys(smiles).tolist()


def test_what_one_table_has_computed_another_finds(drugs: list[str], computed: list[str]) -> None:
    first = keys([*drugs[:40], drugs[0]])
    assert computed == drugs[:40]
    again = keys([*reversed(drugs[20:]), *drugs[:20]])
    assert computed == [*drugs[:40], *reversed(drugs[40:])]
    assert again[-20:] + again[20:40][::-1] == first[:40]
    keys(drugs)
    assert len(computed) == len(drugs)


@pytest.mark.parametrize("damaged", [b"", b"\x93NUMPY?", b"years of work"])
def test_a_damaged_file_is_made_again(
    drugs: list[str], computed: list[str], damaged: bytes
) -> None:
    first = keys(drugs)
    [file] = cache_folder().iterdir()
    file.write_bytes(damaged)
    assert keys(drugs) == first
    assert keys(drugs) == first
    assert len(computed) == 2 * len(drugs)


def test_a_table_of_another_kind_is_not_taken_for_keys(
    drugs: list[str], computed: list[str]
) -> None:
    first = keys(drugs)
    [file] = cache_folder().iterdir()
    np.save(file, np.zeros((3, 3)))
    assert keys(drugs) == first


def test_a_cache_that_cannot_be_written_is_done_without(
    drugs: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = keys(drugs)
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "file"))
    assert keys(drugs) == first


def test_a_file_that_would_be_too_large_begins_anew(
    drugs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_cache, "MAX_KEYS", 50)
    keys(drugs[:40])
    keys(drugs[40:])
    [file] = cache_folder().iterdir()
    assert len(np.load(file)) == 20
