"""MoleculeStore: featurized molecules packed in five arrays, in memory or mapped from files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Int32, Int64, Integer, UInt8

if TYPE_CHECKING:
    from molgnn.chem.descriptors import FeatureTable
    from molgnn.graph.batch import GraphBatch
else:
    FeatureTable = GraphBatch = Any

ARRAYS = ("atom_codes", "bond_codes", "bond_ends", "atom_offsets", "bond_offsets")

Indices = slice | Sequence[int] | Integer[np.ndarray, " picked"] | Bool[np.ndarray, " mols"]


@dataclass(frozen=True)
class MoleculeStore:
    """What every epoch and every batch is cut from: no graph object, no pointer per molecule.

    Parameters
    ----------
    atom_codes, bond_codes
        One row per atom and per bond, one column per column of the preset.
    bond_ends
        The two atoms of each bond, counted from the first atom of its molecule.
    atom_offsets, bond_offsets
        Molecule *i* has the atoms ``atom_offsets[i]`` up to ``atom_offsets[i + 1]``; bonds alike.
    features
        Features of the molecules besides, where a model reads any.
    """

    atom_codes: UInt8[np.ndarray, "atoms atom_columns"]
    bond_codes: UInt8[np.ndarray, "bonds bond_columns"]
    bond_ends: Int32[np.ndarray, "bonds 2"]
    atom_offsets: Int64[np.ndarray, " offsets"]
    bond_offsets: Int64[np.ndarray, " offsets"]
    features: FeatureTable | None = None

    def __len__(self) -> int:
        return len(self.atom_offsets) - 1

    @property
    def n_atoms(self) -> Int64[np.ndarray, " mols"]:
        """The number of atoms of each molecule."""
        return np.diff(self.atom_offsets)

    @property
    def n_bonds(self) -> Int64[np.ndarray, " mols"]:
        """The number of bonds of each molecule."""
        return np.diff(self.bond_offsets)

    def select(self, indices: Indices) -> MoleculeStore:
        """Return the molecules that numpy's indexing would, in that order; repeats are fine.

        Raises
        ------
        IndexError
            If there is no molecule at an index.
        """
        mols = np.arange(len(self))[_as_index(indices)]
        atoms, atom_offsets = rows_of(mols, self.atom_offsets)
        bonds, bond_offsets = rows_of(mols, self.bond_offsets)
        return MoleculeStore(
            self.atom_codes[atoms],
            self.bond_codes[bonds],
            self.bond_ends[bonds],
            atom_offsets,
            bond_offsets,
            None if self.features is None else self.features.select(mols),
        )

    def with_features(self, features: FeatureTable | None) -> MoleculeStore:
        """Return the same molecules with other features, or without any."""
        return replace(self, features=features)

    def with_only(self, sets: Sequence[str]) -> MoleculeStore:
        """Return the same molecules with some of the feature sets that they have, or without."""
        if self.features is None:
            return self
        return self.with_features(self.features.only(sets) if sets else None)

    def batch(self, indices: Indices | None = None) -> GraphBatch:
        """Put the molecules at *indices*, or all, into one graph; this loads torch."""
        import torch

        from molgnn.graph.batch import GraphBatch

        picked = self if indices is None else self.select(indices)
        ends = torch.from_numpy(pack_bond_ends(picked.bond_ends, picked.n_atoms, picked.n_bonds))
        blocks = {} if picked.features is None else picked.features.blocks
        return GraphBatch(
            atom_codes=torch.tensor(picked.atom_codes),
            bond_codes=torch.tensor(picked.bond_codes),
            src=ends.reshape(-1),
            dst=ends.flip(1).reshape(-1),
            n_atoms=torch.from_numpy(picked.n_atoms),
            n_bonds=torch.from_numpy(picked.n_bonds),
            features={name: torch.from_numpy(block.toarray()) for name, block in blocks.items()},
        )

    @classmethod
    def open(cls, folder: Path) -> MoleculeStore:
        """Map the files that a `StoreWriter` wrote into memory: what is not used is not read.

        Raises
        ------
        OSError, ValueError
            If a file is missing or is not what was written.
        """
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS))

    def __reduce__(self) -> Any:
        """Let another process map the same files, instead of sending it what is in them."""
        if isinstance(self.atom_codes, np.memmap):
            folder = Path(str(self.atom_codes.filename)).parent
            return open_with_features, (folder, self.features)
        return MoleculeStore, (*(getattr(self, name) for name in ARRAYS), self.features)

    @classmethod
    def concatenate(cls, stores: Sequence[MoleculeStore]) -> MoleculeStore:
        """Join one or more stores of the same columns, end to end."""
        features = [store.features for store in stores if store.features is not None]
        joined = type(features[0]).concatenate(features) if features else None
        return cls(
            np.concatenate([store.atom_codes for store in stores]),
            np.concatenate([store.bond_codes for store in stores]),
            np.concatenate([store.bond_ends for store in stores]),
            offsets_of(np.concatenate([store.n_atoms for store in stores])),
            offsets_of(np.concatenate([store.n_bonds for store in stores])),
            joined,
        )


def open_with_features(folder: Path, features: FeatureTable | None) -> MoleculeStore:
    """Map a store's files into memory, and add features."""
    return MoleculeStore.open(folder).with_features(features)


class StoreWriter:
    """Writes a store piece by piece, so that none larger than a piece is ever in memory.

    Parameters
    ----------
    folder
        An empty folder for the files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._n_atoms: list[Int64[np.ndarray, " mols"]] = []
        self._n_bonds: list[Int64[np.ndarray, " mols"]] = []
        self._columns: dict[str, np.ndarray] = {}

    def append(self, piece: MoleculeStore) -> None:
        """Add molecules behind those that were written before."""
        self._n_atoms.append(piece.n_atoms)
        self._n_bonds.append(piece.n_bonds)
        for name in ("atom_codes", "bond_codes", "bond_ends"):
            values = getattr(piece, name)
            self._columns.setdefault(name, values[:0])
            with (self._folder / f"{name}.bytes").open("ab") as file:
                file.write(np.ascontiguousarray(values).tobytes())

    def finish(self) -> MoleculeStore:
        """Give the files their headers, and open the store."""
        offsets = {"atom_offsets": self._n_atoms, "bond_offsets": self._n_bonds}
        for name, counts in offsets.items():
            np.save(self._folder / f"{name}.npy", offsets_of(np.concatenate(counts)))
        for name, like in self._columns.items():
            self._finish(name, like)
        return MoleculeStore.open(self._folder)

    def _finish(self, name: str, like: np.ndarray) -> None:
        raw = self._folder / f"{name}.bytes"
        shape = (raw.stat().st_size // (like.shape[1] * like.itemsize), like.shape[1])
        with raw.open("rb") as source, (self._folder / f"{name}.npy").open("wb") as target:
            header = {"descr": like.dtype.str, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_2_0(target, header)
            shutil.copyfileobj(source, target)
        raw.unlink()


class Featurized(NamedTuple):
    """The molecules that SMILES gave, in the order of the input, and why the others gave none.

    Parameters
    ----------
    molecules
        Those of every position that is not in *rejected*.
    rejected
        Position in the input → reason, ``"kind: detail"``.
    """

    molecules: MoleculeStore
    rejected: dict[int, str]


def _as_index(indices: Indices) -> slice | np.ndarray:
    if isinstance(indices, slice):
        return indices
    # An empty list would become floats.
    return np.asarray(indices, dtype=None if len(indices) else np.int64)


def offsets_of(counts: Int64[np.ndarray, " mols"]) -> Int64[np.ndarray, " mols+1"]:
    """Return where each molecule begins, and after the last where all end."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])


def pack_bond_ends(
    bond_ends: Integer[np.ndarray, "bonds 2"],
    n_atoms: Int64[np.ndarray, " mols"],
    n_bonds: Int64[np.ndarray, " mols"],
) -> Int64[np.ndarray, "bonds 2"]:
    """Return the ends of bonds, given within their molecule, counted from the first atom of all."""
    first_atoms = np.repeat(offsets_of(n_atoms)[:-1], n_bonds)
    ends: Int64[np.ndarray, "bonds 2"] = bond_ends + first_atoms[:, None]
    return ends


def rows_of(
    mols: Int64[np.ndarray, " picked"], offsets: Int64[np.ndarray, " offsets"]
) -> tuple[Int64[np.ndarray, " rows"], Int64[np.ndarray, " picked+1"]]:
    """Return the rows that belong to *mols*, in their order, and the offsets among these rows."""
    starts = offsets[mols]
    counts = offsets[mols + 1] - starts
    new_offsets = offsets_of(counts)
    rows = np.arange(new_offsets[-1]) + np.repeat(starts - new_offsets[:-1], counts)
    return rows, new_offsets
