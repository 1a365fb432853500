"""Keys of molecules: 64-bit hashes of the InChIKey, to find a molecule among a million others."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from jaxtyping import UInt64
from rdkit import Chem, rdBase

from molgnn.chem.key_cache import find_keys, store_keys
from molgnn.processes.cores import usable_cores

SKELETON_LETTERS = 14
"""The first block of an InChIKey: elements and bonds, without stereochemistry and isotopes."""

KEY_BYTES = 8
MIN_CACHED = 1_000
"""Fewer molecules are not looked up in the cache, which would take as long."""
MIN_PER_PROCESS = 4_000
"""InChI takes half a millisecond for a molecule, a process half a second to start."""


def molecule_keys(smiles: Sequence[str]) -> UInt64[np.ndarray, " mols"]:
    """Return a number for each molecule: stereoisomers, isotopes and most tautomers share it.

    It is the beginning of the sha256 of the InChIKey's first block, so that it tells whether a
    molecule is among others, but not which molecule it is. Many molecules are computed in several
    processes, and once only: see `molgnn.chem.key_cache`.

    Parameters
    ----------
    smiles
        After a standardizer, so that salts of a molecule are that molecule. A text that is no
        SMILES has a key of its own.
    """
    places: dict[str, int] = {}
    mols = np.array([places.setdefault(text, len(places)) for text in smiles], dtype=np.int64)
    texts = list(places)
    if len(texts) < MIN_CACHED:
        return _compute(texts)[mols]
    keys, is_known = find_keys(texts)
    missing = [text for text, known in zip(texts, is_known.tolist(), strict=True) if not known]
    keys[~is_known] = _compute(missing)
    store_keys(missing, keys[~is_known])
    return keys[mols]


def key_of_digest(digest: str) -> int:
    """Return the key of the molecule whose InChIKey's first block has this sha256, in hex."""
    return int(np.frombuffer(bytes.fromhex(digest)[:KEY_BYTES], dtype=np.uint64)[0])


def _compute(texts: Sequence[str]) -> UInt64[np.ndarray, " mols"]:
    """Compute keys, in as many processes as there are processors and it pays to start."""
    n = min(usable_cores(), len(texts) // MIN_PER_PROCESS)
    if n < 2:
        return _compute_here(texts)
    keys = np.zeros(len(texts), dtype=np.uint64)
    shares = [slice(i, None, n) for i in range(n)]
    with ThreadPoolExecutor(n) as threads:
        for share, part in zip(
            shares, threads.map(lambda share: _compute_apart(texts[share]), shares), strict=True
        ):
            keys[share] = part
    return keys


def _compute_apart(texts: Sequence[str]) -> UInt64[np.ndarray, " mols"]:
    """Compute keys in a process of its own, or here if that cannot be started.

    It is an interpreter of its own, not a `multiprocessing` one, which would run the user's
    script once more where that has no ``if __name__ == "__main__"``.
    """
    lines = "".join(f"{json.dumps(text)}\n" for text in texts).encode()
    path = os.pathsep.join(place or os.getcwd() for place in sys.path)
    try:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            env=os.environ | {"PYTHONPATH": path},
            input=lines,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return _compute_here(texts)
    return np.frombuffer(ended.stdout, dtype=np.uint64)


def _compute_here(texts: Sequence[str]) -> UInt64[np.ndarray, " mols"]:
    with rdBase.BlockLogs():
        return np.frombuffer(b"".join(map(_hash, texts)), dtype=np.uint64)


def _hash(smiles: str) -> bytes:
    skeleton = _skeleton(smiles).encode("utf-8", "surrogatepass")
    return hashlib.sha256(skeleton).digest()[:KEY_BYTES]


def _skeleton(smiles: str) -> str:
    """Return the first block of the InChIKey, or a SMILES where InChI knows no such molecule."""
    try:
        mol = Chem.MolFromSmiles(smiles)
    except (RuntimeError, ValueError):  # of broken extensions, and of bytes that are no UTF-8
        mol = None
    if mol is None:
        return smiles
    key = str(Chem.MolToInchiKey(mol))[:SKELETON_LETTERS]  # type: ignore[no-untyped-call]
    return key or Chem.MolToSmiles(mol, isomericSmiles=False)


def _answer_lines() -> None:
    """Write the key of each line of standard input; a parent that dies ends it."""
    with rdBase.BlockLogs():
        for line in sys.stdin.buffer:
            sys.stdout.buffer.write(_hash(json.loads(line)))


if __name__ == "__main__":
    _answer_lines()
