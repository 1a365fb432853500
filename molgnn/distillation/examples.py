"""The molecules of a distillation: a library's, and those of a table with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, UInt64

from molgnn.chem.exclusion import read_exclusions
from molgnn.chem.molecule_keys import molecule_keys
from molgnn.chem.splits import Split
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.chem.tables.duplicates import Duplicates
from molgnn.distillation.config import DistillationConfig
from molgnn.distillation.teacher import teach
from molgnn.experiments.duplicates import merge_duplicates
from molgnn.experiments.exclusion import TableKeys, exclude_molecules
from molgnn.files import atomic_write
from molgnn.fitting.data import TrainingData, featurize_table
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.store import MoleculeStore
from molgnn.predictor.leakage import ExcludedFile
from molgnn.predictor.predictor import Predictor
from molgnn.pretraining.library import read_library

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class DistillationExamples:
    """Molecules with what the teacher says of them, and what was measured.

    Parameters
    ----------
    molecules
        Packed codes, as the student reads them.
    smiles
        Each molecule's SMILES after the standardizer.
    measured
        Labels; NaN where there is none, as for all of the library.
    taught
        The teacher's outputs, calibrated; NaN where it has none, as before it was asked.
    split
        What is trained on; and molecules of the library that only say when to stop.
    excluded
        The files of molecules that were left out.
    notes
        What became of rows on the way here.
    """

    molecules: MoleculeStore
    smiles: list[str]
    measured: Float32[np.ndarray, "mols tasks"]
    taught: Float32[np.ndarray, "mols tasks"]
    split: Split
    excluded: tuple[ExcludedFile, ...]
    notes: tuple[str, ...]

    @cached_property
    def labels(self) -> Float32[np.ndarray, "mols targets"]:
        """What batches hold: the teacher's outputs, then the labels."""
        return np.hstack([self.taught, self.measured])

    def taught_by(self, teacher: Predictor, file: Path) -> DistillationExamples:
        """Return the same with the teacher's outputs, from a file if they were computed before."""
        if file.exists():
            return replace(self, taught=np.load(file))
        taught = teach(teacher, self.smiles)
        with atomic_write(file) as opened:
            np.save(opened, taught)
        return replace(self, taught=taught)

    def training_keys(self, teacher: Predictor) -> UInt64[np.ndarray, " keys"] | None:
        """Return the keys of molecules whose labels the student, or its teacher, has learned."""
        before = teacher.bundle.training_keys
        is_labelled = ~np.isnan(self.measured).all(axis=1)
        own = molecule_keys([self.smiles[mol] for mol in np.flatnonzero(is_labelled)])
        return None if before is None else np.unique(np.r_[own, before])


def collect_examples(
    teacher: Predictor,
    library: str | Path | Sequence[str | Path] | pd.DataFrame,
    labels: str | Path | pd.DataFrame | LabelledTable | None,
    config: DistillationConfig,
    featurizer: Featurizer,
) -> DistillationExamples:
    """Read the library and the table, without what is excluded.

    Raises
    ------
    TableError
        If either cannot be used, or the table lacks the teacher's tasks.
    """
    source = read_library(library, config, teacher.standardizer, featurizer)
    n_library, n_tasks = len(source.smiles), len(teacher.tasks)
    stores, smiles, notes = [source.molecules], list(source.smiles), list(source.notes)
    measured = [np.full((n_library, n_tasks), np.nan, dtype=np.float32)]
    excluded = source.excluded
    if labels is not None:
        data, also_excluded = _read_labels(teacher, labels, config, featurizer)
        stores.append(data.molecules)
        smiles += data.smiles
        measured.append(data.labels)
        notes += [*data.notes, f"{len(data.rows):,} molecules with labels"]
        excluded = (*excluded, *also_excluded)
    shuffled = np.random.default_rng(config.seed).permutation(n_library)
    valid = np.sort(shuffled[: min(config.valid, n_library // 10)])
    train = np.setdiff1d(np.arange(len(smiles)), valid)
    values = np.concatenate(measured)
    return DistillationExamples(
        molecules=MoleculeStore.concatenate(stores),
        smiles=smiles,
        measured=values,
        taught=np.full_like(values, np.nan),
        split=Split(train, valid, np.empty(0, np.int64)),
        excluded=excluded,
        notes=tuple(notes),
    )


def _read_labels(
    teacher: Predictor,
    labels: str | Path | pd.DataFrame | LabelledTable,
    config: DistillationConfig,
    featurizer: Featurizer,
) -> tuple[TrainingData, tuple[ExcludedFile, ...]]:
    """Return the labelled molecules, rows of the same one merged."""
    if not isinstance(labels, LabelledTable):
        labels = read_table(labels, tasks=teacher.tasks.names)
    data = featurize_table(labels, teacher.standardizer, featurizer)
    exclusions = read_exclusions(config.exclude)
    data, excluded = exclude_molecules(data, labels, exclusions, TableKeys(labels, data))
    return merge_duplicates(data, labels, Duplicates.MEAN), excluded
