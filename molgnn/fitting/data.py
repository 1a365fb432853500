"""Training data: a featurized table with its labels, and batches of graphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import torch
from jaxtyping import Float, Float32, Int64
from torch import Tensor

from molgnn.chem.descriptors import compute_features
from molgnn.chem.records import Rejected
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable
from molgnn.errors import TableError
from molgnn.fitting.cache import featurize_once
from molgnn.graph.batch import GraphBatch
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore
from molgnn.processes.cores import usable_cores
from molgnn.tasks import Tasks


class Examples(Protocol):
    """Molecules with something to learn of each: what batches are cut from."""

    @property
    def molecules(self) -> MoleculeStore:
        """Packed codes, one entry per molecule."""

    @property
    def labels(self) -> Float[np.ndarray, "mols targets"]:
        """What is known of each molecule; NaN where it is not."""


@dataclass(frozen=True)
class TrainingData:
    """The molecules of a table that could be read, with their labels.

    Parameters
    ----------
    tasks
        The columns of ``labels``.
    molecules
        Packed codes, one entry per molecule.
    labels
        NaN where not measured.
    rows
        The table's row of each molecule.
    smiles
        Each molecule's SMILES after the standardizer.
    molecule_ids
        A number for each; rows of the same molecule have the same one.
    rejected
        The table's other rows.
    notes
        What became of rows on the way here.
    """

    tasks: Tasks
    molecules: MoleculeStore
    labels: Float32[np.ndarray, "mols tasks"]
    rows: Int64[np.ndarray, " mols"]
    smiles: list[str]
    molecule_ids: Int64[np.ndarray, " mols"]
    rejected: list[Rejected]
    notes: tuple[str, ...] = ()


def featurize_table(
    table: LabelledTable,
    standardizer: Standardizer,
    featurizer: Featurizer,
    features: Sequence[str] = (),
) -> TrainingData:
    """Standardize and featurize a table; rows that give no molecule are kept apart with the reason.

    A large table is featurized once, ever: see `molgnn.fitting.cache`. The same goes for the sets
    of molecule *features* that are computed besides.

    Raises
    ------
    TableError
        If no row gives a molecule.
    """
    featurized = featurize_once(table.smiles, standardizer, featurizer)
    if not len(featurized.rows):
        raise TableError(
            f"expected molecules but none of the {len(table.smiles)} rows gives one, the first "
            f"because: {featurized.rejected[0].reason}; fix: name the SMILES column"
        )
    molecules = featurized.molecules
    if features:
        columns = compute_features(featurized.smiles, features, n_processes=usable_cores())
        molecules = molecules.with_features(columns)
    return TrainingData(
        tasks=table.tasks,
        molecules=molecules,
        labels=table.labels[featurized.rows],
        rows=featurized.rows,
        smiles=featurized.smiles,
        molecule_ids=featurized.molecule_ids,
        rejected=featurized.rejected,
    )


class Step(NamedTuple):
    """What a process computes in one step.

    Parameters
    ----------
    graphs, labels
        Its share of the step's molecules.
    all_labels
        Those of all the step's molecules, whichever process computes them.
    """

    graphs: GraphBatch
    labels: Float32[Tensor, "mols tasks"]
    all_labels: Float32[Tensor, "all tasks"]


class Batches:
    """Graphs and labels, a batch at a time.

    Parameters
    ----------
    data
        Where they come from.
    mols
        Which molecules, by position.
    batch_size
        Molecules per batch; the last may be smaller.
    shuffle_seed
        Shuffles if given: the same seed gives the same order.
    share
        A process's number and how many there are: each takes its own molecules of every batch.
    """

    def __init__(
        self,
        data: Examples,
        mols: Int64[np.ndarray, " part"],
        batch_size: int,
        *,
        shuffle_seed: tuple[int, ...] | None = None,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        self._data, self._batch_size = data, batch_size
        self._own = slice(share[0], None, share[1])
        shuffled = shuffle_seed is not None
        self._mols = np.random.default_rng(shuffle_seed).permutation(mols) if shuffled else mols

    def __len__(self) -> int:
        return -(-len(self._mols) // self._batch_size)

    def __iter__(self) -> Iterator[Step]:
        for start in range(0, len(self._mols), self._batch_size):
            mols = self._mols[start : start + self._batch_size]
            labels = torch.from_numpy(self._data.labels[mols])
            graphs = self._data.molecules.batch(mols[self._own])
            yield Step(graphs, labels[self._own], labels)
