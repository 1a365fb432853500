"""Targets of pretraining by descriptors: scores of descriptors, and bits of fingerprints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float16, Float32, Int64
from scipy.sparse import csr_matrix, hstack

from molgnn.chem.descriptors import (
    FeatureScaler,
    FeatureTable,
    Kind,
    compute_features,
    feature_set,
)
from molgnn.files import atomic_folder
from molgnn.processes.cores import usable_cores

MIN_SHARE = 0.03
"""Bits that fewer molecules have, or lack, teach next to nothing."""
MOLS_PER_CHUNK = 8_192
ARRAY, COUNTS = "values.npy", "columns.json"


@dataclass(frozen=True)
class Targets:
    """What is to be predicted of each molecule.

    Parameters
    ----------
    values
        Scores of descriptors, then bits; NaN where there is none. No column if nothing is wanted.
    n_continuous, n_bits
        How many columns are of either kind.
    """

    values: Float16[np.ndarray, "mols targets"]
    n_continuous: int
    n_bits: int


def compute_targets(
    smiles: Sequence[str],
    feature_sets: Sequence[str],
    train: Int64[np.ndarray, " train"],
    folder: Path,
) -> Targets:
    """Compute what the objective ``descriptors`` predicts, or map what was computed before.

    A set with continuous columns becomes scores of mean 0 and deviation 1. Of any other set, the
    bits say whether a molecule has what the column counts. Bits that hardly a molecule has or
    lacks, and descriptors that are the same for all, are left out.

    Parameters
    ----------
    smiles
        After the standardizer.
    feature_sets
        Names of `molgnn.chem.descriptors.FEATURE_SETS`.
    train
        The molecules by which columns are chosen and scaled.
    folder
        Where the files go.
    """
    if not feature_sets:
        return Targets(np.empty((len(smiles), 0), np.float16), 0, 0)
    with suppress(OSError, ValueError, KeyError):
        return _open(folder)
    with atomic_folder(folder) as staged:
        _write(staged, smiles, feature_sets, train)
    return _open(folder)


def _write(
    folder: Path, smiles: Sequence[str], feature_sets: Sequence[str], train: Int64[np.ndarray, " n"]
) -> None:
    table = compute_features(smiles, feature_sets, n_processes=usable_cores())
    scored = [name for name in table.sets if Kind.CONTINUOUS in feature_set(name).kinds]
    counted = [name for name in table.sets if name not in scored]
    scores = _scores(FeatureTable({name: table.blocks[name] for name in scored}), train)
    bits = _bits([table.blocks[name] for name in counted], train)
    shape = (len(smiles), scores.shape[1] + bits.shape[1])
    values = np.lib.format.open_memmap(folder / ARRAY, "w+", np.float16, shape)
    for start in range(0, len(smiles), MOLS_PER_CHUNK):
        rows = slice(start, start + MOLS_PER_CHUNK)
        values[rows] = np.hstack([scores[rows], bits[rows].toarray()])
    values.flush()
    record = {"n_continuous": scores.shape[1], "n_bits": bits.shape[1]}
    (folder / COUNTS).write_text(json.dumps(record), encoding="utf-8")


def _open(folder: Path) -> Targets:
    record = json.loads((folder / COUNTS).read_text(encoding="utf-8"))
    return Targets(np.load(folder / ARRAY, mmap_mode="r"), **record)


def _scores(
    table: FeatureTable, train: Int64[np.ndarray, " n"]
) -> Float32[np.ndarray, "mols descriptors"]:
    """Return normal scores of values, and logarithms of counts, at one scale."""
    if not table.blocks:
        return np.empty((0, 0), np.float32)
    scaler = FeatureScaler.fit(table, train)
    kept = ~scaler.is_constant
    scores = np.empty((len(table), int(kept.sum())), np.float32)
    for start in range(0, len(table), MOLS_PER_CHUNK):
        rows = slice(start, start + MOLS_PER_CHUNK)
        scores[rows] = scaler.transform(table.to_numpy(rows))[:, kept]
    scores -= scores[train].mean(axis=0)
    scores /= np.maximum(scores[train].std(axis=0), 1e-6)
    return scores


def _bits(blocks: Sequence[csr_matrix], train: Int64[np.ndarray, " n"]) -> csr_matrix:
    """Return a one where a count is not zero, in the columns where that is worth learning."""
    counts = hstack(blocks, format="csr")
    bits = csr_matrix((counts.data > 0, counts.indices, counts.indptr), counts.shape)
    share = np.asarray(bits[train].mean(axis=0)).ravel()
    return bits[:, (share >= MIN_SHARE) & (share <= 1 - MIN_SHARE)]
