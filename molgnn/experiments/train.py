"""Train a model on a labelled table: folds, networks, test metrics, bundle, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import UInt64

from molgnn.chem.exclusion import read_exclusions
from molgnn.chem.splits import Split
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable
from molgnn.experiments.duplicates import merge_duplicates
from molgnn.experiments.exclusion import TableKeys, exclude_molecules
from molgnn.experiments.folds import Fold, make_folds, members_of
from molgnn.experiments.held_out import predict_held_out
from molgnn.experiments.inputs import labelled_table
from molgnn.experiments.leakage import find_leakage
from molgnn.experiments.members import MemberContext, Trained
from molgnn.experiments.model_card import make_card
from molgnn.experiments.report_data import collect_report
from molgnn.experiments.run import Run
from molgnn.experiments.run_folder import RunFolder, table_hash
from molgnn.experiments.side_by_side import most_jobs, train_members
from molgnn.experiments.table_checks import check_table, describe_labels
from molgnn.experiments.trainers import Part, feature_sets_of, make_parts, starts_of
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData, featurize_table
from molgnn.fitting.distributed import Processes
from molgnn.fitting.learning_curves import draw_curves
from molgnn.graph.featurizer import Featurizer
from molgnn.predictor.bundle import Bundle, uneven
from molgnn.predictor.leakage import Leakage
from molgnn.report.page import write_report

if TYPE_CHECKING:
    import pandas as pd


def train(
    table: str | Path | pd.DataFrame | LabelledTable,
    output: str | Path,
    config: TrainingConfig | str | Path | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
    devices: int = 1,
    jobs: int | None = None,
    report: bool = True,
    progress: bool = False,
    notify: Callable[[str], None] | None = None,
    **settings: Any,
) -> Run:
    """Train a model on a table whose labels may have gaps.

    Parameters
    ----------
    table
        A file of SMILES and labels, a DataFrame, or what `read_table` made of one.
    output
        The run folder: settings, split, metrics, curves and the model, which can be given
        wherever a model is expected.
    config
        Settings, or the ``config.json`` of another run; the defaults by default.
    resume
        Go on with the training that this folder holds.
    overwrite
        Begin anew where the folder holds a run already.
    devices
        How many GPUs, or where there are none processes, share the work. Processes that torchrun
        has started share it anyway.
    jobs
        How many members of folds and ensembles are trained at the same time, each in a process and
        on a thread of its own; the result does not depend on it. By default as many as there are
        cores; one where there is a GPU, or where several processes share each batch.
    report
        Write ``report.html`` and its pictures, beside a random forest and LightGBM on the same
        rows; not after an interruption.
    progress
        Print the label counts and the notes on the table, and show bars of epochs.
    notify
        Called with each of these texts before anything is trained, instead of printing it.
    **settings
        Fields of `TrainingConfig`, which come before those of *config*: ``encoder="gcn"``,
        ``hidden_dim=128``… `TrainingConfig.describe` lists them.

    Raises
    ------
    FileProblem
        If the folder is taken, or cannot be written.
    TableError, ConfigError
        If the table or the settings cannot be used, saying which row or which setting.
    """
    config = TrainingConfig.given(config, settings, train)
    processes = Processes(devices)
    jobs = most_jobs(jobs, processes)
    folder = RunFolder(Path(output))
    if processes.is_first:
        folder.check_can_start(resume=resume, overwrite=overwrite)
    table = labelled_table(table, config)
    with torch.random.fork_rng(), folder.file_problems():
        prepared = _Prepared.from_table(table, config)
        if processes.is_first:
            _start(folder, prepared, resume, notify or (_print_to_stderr if progress else None))
        trained = train_members(
            members_of(prepared.folds, [part.count for part in prepared.parts]),
            MemberContext(prepared.data, prepared.featurizer.preset, prepared.parts),
            folder,
            processes=processes,
            jobs=jobs,
            resume=resume,
            progress=progress,
        )
        if not processes.is_first:
            return Run(folder.root, {}, trained.interrupted, prepared.notes)
        return _finish(folder, prepared, trained, report=report)


@dataclass(frozen=True)
class _Prepared:
    """A table that is ready to be trained on."""

    table: LabelledTable
    config: TrainingConfig
    standardizer: Standardizer
    featurizer: Featurizer
    data: TrainingData
    folds: tuple[Fold, ...]
    parts: tuple[Part, ...]
    keys: TableKeys
    leakage: Leakage
    notes: list[str]

    @classmethod
    def from_table(cls, table: LabelledTable, config: TrainingConfig) -> _Prepared:
        """Check the settings, featurize the table, split it, and check both."""
        parts = make_parts(config)
        starts = starts_of(parts)
        if starts:
            config = starts[0].settings_for(config)
        standardizer = starts[0].standardizer if starts else Standardizer(config.standardize)
        featurizer = Featurizer(starts[0].preset if starts else config.preset)
        for part in parts:
            part.trainer.check(featurizer.preset, table.tasks)
        exclusions = read_exclusions(config.exclude, config.smiles_column)
        data = featurize_table(table, standardizer, featurizer, feature_sets_of(parts))
        keys = TableKeys(table, data)
        data, excluded = exclude_molecules(data, table, exclusions, keys)
        data = merge_duplicates(data, table, config.duplicates)
        folds = make_folds(data, table, config, sum(part.count for part in parts))
        splits = [fold.split for fold in folds]
        leakage = find_leakage(data, splits, keys, config, excluded)
        notes = check_table(table, data, splits, keys, config)
        return cls(
            table, config, standardizer, featurizer, data, folds, parts, keys, leakage, notes
        )


def _start(
    folder: RunFolder, prepared: _Prepared, resume: bool, notify: Callable[[str], None] | None
) -> None:
    """Begin the run folder, and say what there is to learn from."""
    data, splits = prepared.data, [fold.split for fold in prepared.folds]
    hashes = [file.sha256 for file in prepared.leakage.excluded]
    folder.start(prepared.config, table_hash(prepared.table, hashes), resume=resume)
    folder.write_splits(data, splits)
    if notify is not None:
        for text in [*describe_labels(data, splits), *prepared.notes]:
            notify(text)


def _finish(folder: RunFolder, prepared: _Prepared, trained: Trained, *, report: bool) -> Run:
    """Predict, evaluate, and write everything into the run folder."""
    table, config, data = prepared.table, prepared.config, prepared.data
    held_out = predict_held_out(data, trained)
    card = make_card(
        table, data, config, held_out.evaluations["test"], prepared.leakage, prepared.parts
    )
    draw_curves(folder.histories(), folder.curves)
    folder.write_evaluations(held_out.evaluations)
    folder.write_predictions(data, held_out.splits, held_out.values)
    Bundle(
        tasks=data.tasks,
        standardizer=prepared.standardizer,
        preset=prepared.featurizer.preset,
        members=tuple(trained.models),
        calibration=held_out.calibration,
        card=card,
        weights=uneven(trained.weights),
        training_keys=_training_keys(prepared, held_out.splits),
    ).save(folder.model)
    if report and not trained.interrupted:
        content = collect_report(table, data, held_out, card, prepared.notes, config.seed)
        write_report(folder.root, content, folder.curves)
    return Run(folder.root, held_out.evaluations, trained.interrupted, prepared.notes)


def _training_keys(prepared: _Prepared, splits: Sequence[Split]) -> UInt64[np.ndarray, " keys"]:
    """Return the keys of all molecules that were learned from, or that the start has learned from.

    Those are the training and validation parts of every split.
    """
    seen = np.unique(np.concatenate([np.r_[split.train, split.valid] for split in splits]))
    keys = prepared.keys.as_shown(prepared.data.rows[seen])
    before = [start.training_keys for start in starts_of(prepared.parts)]
    return np.unique(np.concatenate([keys, *(each for each in before if each is not None)]))


def _print_to_stderr(text: str) -> None:
    print(text, file=sys.stderr)
