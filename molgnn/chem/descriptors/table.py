"""FeatureTable: the features of many molecules, sparse, in memory or mapped from files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Int64, Integer
from scipy.sparse import csr_matrix, hstack, vstack

from molgnn.chem.descriptors.base import Kind
from molgnn.chem.descriptors.registry import feature_set

Rows = slice | Sequence[int] | Integer[np.ndarray, " picked"] | Bool[np.ndarray, " mols"]

LAST_WRITTEN = "features.json"


@dataclass(frozen=True)
class FeatureTable:
    """Features of molecules, one row each, the sets side by side.

    Nineteen of twenty features are zero, so what is stored are the others: some 3 kB a molecule
    with all sets. LightGBM and scikit-learn take `to_csr`, PyTorch `to_numpy` batch by batch.

    Parameters
    ----------
    blocks
        The name of each set to its columns, as a matrix of float32 with a row per molecule. NaN
        stands for a value that there is not: of all columns of a set where it could not be
        computed for a molecule.
    """

    blocks: Mapping[str, csr_matrix]

    def __len__(self) -> int:
        return int(next(iter(self.blocks.values())).shape[0])

    @property
    def sets(self) -> tuple[str, ...]:
        """The names of the sets, in the order of the columns."""
        return tuple(self.blocks)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column for name in self.blocks for column in feature_set(name).columns)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind of each column."""
        return tuple(kind for name in self.blocks for kind in feature_set(name).kinds)

    def to_csr(self, rows: Rows | None = None) -> csr_matrix:
        """Return all molecules, or those at *rows* in that order, as one sparse matrix."""
        picked = [block if rows is None else block[rows] for block in self.blocks.values()]
        return hstack(picked, format="csr", dtype=np.float32)

    def to_numpy(self, rows: Rows | None = None) -> Float32[np.ndarray, "mols features"]:
        """Return the same as an array, 4 bytes for each of its numbers: take a batch at a time."""
        dense: Float32[np.ndarray, "mols features"] = self.to_csr(rows).toarray()
        return dense

    def select(self, rows: Rows) -> FeatureTable:
        """Return the molecules at *rows*, in that order; repeats are fine."""
        return FeatureTable({name: block[rows] for name, block in self.blocks.items()})

    def only(self, sets: Sequence[str]) -> FeatureTable:
        """Return the columns of some of the sets, in the order asked for."""
        return FeatureTable({name: self.blocks[name] for name in sets})

    @classmethod
    def concatenate(cls, tables: Sequence[FeatureTable]) -> FeatureTable:
        """Join one or more tables of the same sets, end to end."""
        return cls(
            {
                name: vstack([table.blocks[name] for table in tables], format="csr")
                for name in tables[0].blocks
            }
        )


class BlockWriter:
    """Writes the features of one set piece by piece, so that no more than a piece is in memory.

    Parameters
    ----------
    folder
        An empty folder for the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._n_stored: list[Int64[np.ndarray, " mols"]] = []
        self._n_columns = 0

    def append(self, piece: csr_matrix) -> None:
        """Add molecules behind those that were written before."""
        self._n_stored.append(np.diff(piece.indptr).astype(np.int64))
        self._n_columns = piece.shape[1]
        for name, dtype in (("data", np.float32), ("indices", np.int32)):
            with (self._folder / f"{name}.bin").open("ab") as file:
                file.write(getattr(piece, name).astype(dtype, copy=False).tobytes())

    def finish(self) -> None:
        """Write what `open_block` needs besides."""
        ends = np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *self._n_stored]))
        np.save(self._folder / "indptr.npy", ends)
        shape = [len(ends) - 1, self._n_columns]
        (self._folder / LAST_WRITTEN).write_text(json.dumps({"shape": shape}), encoding="utf-8")


def open_block(folder: Path) -> csr_matrix:
    """Map the files of a `BlockWriter` into memory: what is not used is not read.

    Raises
    ------
    OSError, ValueError, KeyError
        If a file is missing or is not what was written.
    """
    shape = json.loads((folder / LAST_WRITTEN).read_text(encoding="utf-8"))["shape"]
    indptr = np.load(folder / "indptr.npy")
    n_stored = int(indptr[-1])
    arrays = [
        _map(folder / f"{name}.bin", dtype, n_stored)
        for name, dtype in (("data", np.float32), ("indices", np.int32))
    ]
    return csr_matrix((*arrays, indptr), shape=shape, copy=False)


def _map(path: Path, dtype: type, n: int) -> np.ndarray:
    if path.stat().st_size != n * np.dtype(dtype).itemsize:
        raise ValueError(f"{path} is not whole")
    return np.memmap(path, dtype, mode="r") if n else np.empty(0, dtype)
