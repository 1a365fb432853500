"""Cache on disk of what takes long to compute: folders, each named by a hash of its contents.

They lie in the folder that the variable ``MOLGNN_CACHE`` names, or in the user's cache folder.
Whatever is wrong with one, it is made again; the longest unused go when there are more than five
gigabytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from molgnn.files import atomic_folder

MAX_BYTES = 5 * 2**30
LAST_WRITTEN = ("rejected.json", "features.json", "scaffolds.json")
"""Each entry has one of these, the file that is written last."""
TEMPORARY_PREFIX = ".new-"
MAX_TEMPORARY_SECONDS = 24 * 3600


def cache_folder() -> Path:
    """Return where the entries are kept."""
    from platformdirs import user_cache_path

    named = os.environ.get("MOLGNN_CACHE")
    return Path(named) if named else user_cache_path("molgnn", appauthor=False)


def content_key(settings: Mapping[str, Any], texts: Iterable[str]) -> str:
    """Return the name of an entry: a hash of all that decides what is in it.

    Parameters
    ----------
    settings
        Plain data: how it is computed, and by which versions.
    texts
        What it is computed from.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for text in texts:
        written = text.encode("utf-8", "surrogateescape")
        digest.update(b"%d:%s" % (len(written), written))  # a cell may hold a line's end
    return digest.hexdigest()


def new_entry(key: str) -> AbstractContextManager[Path]:
    """Give an empty folder, which becomes the entry called *key* at the end of the block.

    Raises
    ------
    OSError
        If that is not possible.
    """
    return atomic_folder(cache_folder() / key, prefix=TEMPORARY_PREFIX)


def mark_as_used(entry: Path) -> None:
    """Keep an entry longer than those that were not used since."""
    with suppress(OSError):  # a cache may be shared, and not ours to write to
        os.utime(entry)


def delete_oldest(keep: Collection[Path]) -> None:
    """Delete the longest unused entries and temporary folders of killed processes, nothing else.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    folder = cache_folder()
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        if time.time() - _used(path) > MAX_TEMPORARY_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
    left = MAX_BYTES - sum(map(_size, keep))
    for path in sorted(filter(_is_entry, folder.iterdir()), key=_used, reverse=True):
        if path not in keep:
            left -= _size(path)
            if left < 0:
                shutil.rmtree(path, ignore_errors=True)


def _is_entry(path: Path) -> bool:
    is_named_so = re.fullmatch("[0-9a-f]{64}", path.name) is not None
    return is_named_so and any((path / name).is_file() for name in LAST_WRITTEN)


def _used(path: Path) -> float:
    """When an entry was last opened; never, if another process has just deleted it."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.iterdir())
    except OSError:
        return 0
