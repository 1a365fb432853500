"""The cache keeps what was used last, and touches nothing that is not its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from molgnn import cache
from molgnn.cache import cache_folder, content_key, delete_oldest, mark_as_used, new_entry


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MOLGNN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def make_entry(text: str, age: float, last_written: str = "features.json") -> Path:
    """Return an entry of 100 bytes, unused since *age* seconds."""
    key = content_key({}, [text])
    with new_entry(key) as staged:
        (staged / last_written).write_text("x" * 100)
    entry = cache_folder() / key
    used = entry.stat().st_mtime - age
    os.utime(entry, (used, used))
    return entry


@pytest.mark.parametrize("last_written", cache.LAST_WRITTEN)
def test_the_longest_unused_entries_make_room(
    monkeypatch: pytest.MonkeyPatch, last_written: str
) -> None:
    oldest, older, new = (
        make_entry(name, age, last_written) for name, age in [("a", 300), ("b", 200), ("c", 100)]
    )
    monkeypatch.setattr(cache, "MAX_BYTES", 200)
    mark_as_used(oldest)
    delete_oldest(keep=[new])
    assert oldest.exists()
    assert not older.exists()
    assert new.exists()


def test_what_is_to_be_kept_stays_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (make_entry(name, 100) for name in "abc")
    monkeypatch.setattr(cache, "MAX_BYTES", 1)
    delete_oldest(keep=[first, second])
    assert [path.exists() for path in (first, second, third)] == [True, True, False]


def test_nothing_but_own_entries_makes_room(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    foreign = [folder / name for name in ("thesis", "f" * 64)]
    abandoned, at_work = folder / ".new-old", folder / ".new-young"
    for path in [*foreign, abandoned, at_work]:
        path.mkdir(parents=True)
        (path / "chapter.txt").write_text("years of work")
    os.utime(abandoned, (0, 0))
    monkeypatch.setattr(cache, "MAX_BYTES", 1)
    delete_oldest(keep=[])
    assert all((path / "chapter.txt").exists() for path in [*foreign, at_work])
    assert not abandoned.exists()


def test_texts_that_join_to_the_same_text_have_different_keys() -> None:
    keys = {content_key({}, texts) for texts in (["CC\nN", "O"], ["CC", "N\nO"], ["CCN", "O"])}
    assert len(keys) == 3


def test_other_settings_are_another_key() -> None:
    assert content_key({"version": 1}, ["C"]) != content_key({"version": 2}, ["C"])


def test_a_file_that_is_not_utf_8_has_a_key() -> None:
    assert len(content_key({}, [b"\xff".decode("utf-8", "surrogateescape")])) == 64
