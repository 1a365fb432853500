"""Cache of molecule keys on disk: a molecule's InChIKey is computed once, whatever table it is in.

One file of two columns, ascending: the hash of a SMILES, and the key of its molecule. It lies in
the folder of `molgnn.cache.cache_folder`; whatever is wrong with it, it is made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import rdkit
from jaxtyping import Bool, UInt64

from molgnn.cache import cache_folder
from molgnn.files import atomic_write

MAX_KEYS = 10_000_000
"""Of sixteen bytes each; where there would be more, the file begins anew."""

Table = UInt64[np.ndarray, "keys 2"]


def find_keys(
    smiles: Sequence[str],
) -> tuple[UInt64[np.ndarray, " mols"], Bool[np.ndarray, " mols"]]:
    """Return the keys that were computed before, and which these are; the others are 0."""
    hashes, known = _hash_texts(smiles), _read()
    if not len(known):
        return np.zeros(len(smiles), dtype=np.uint64), np.zeros(len(smiles), dtype=bool)
    places = np.searchsorted(known[:, 0], hashes).clip(max=len(known) - 1)
    is_known = known[places, 0] == hashes
    return np.where(is_known, known[places, 1], np.uint64(0)), is_known


def store_keys(smiles: Sequence[str], keys: UInt64[np.ndarray, " mols"]) -> None:
    """Add keys to the file; one that cannot be written costs the cache alone."""
    if not len(smiles):
        return
    new, known = np.stack([_hash_texts(smiles), keys], axis=1), _read()
    if len(known) + len(new) <= MAX_KEYS:
        new = np.concatenate([known, new])
    # Another process may have stored the same molecules meanwhile.
    _, first = np.unique(new[:, 0], return_index=True)
    with suppress(OSError):
        cache_folder().mkdir(parents=True, exist_ok=True)
        with atomic_write(_file()) as file:
            np.save(file, new[first])


def _file() -> Path:
    return cache_folder() / f"molecule_keys_rdkit{rdkit.__version__}.npy"


def _read() -> Table:
    """Return what was stored; nothing if that cannot be read."""
    with suppress(OSError, ValueError, EOFError):
        table = np.load(_file(), allow_pickle=False)
        if table.ndim == 2 and table.shape[1] == 2 and table.dtype == np.uint64:
            return np.asarray(table)
    return np.zeros((0, 2), dtype=np.uint64)


def _hash_texts(smiles: Sequence[str]) -> UInt64[np.ndarray, " mols"]:
    digests = [
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8] for text in smiles
    ]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)
