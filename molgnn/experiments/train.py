"""Train a model on a labelled table: folds, networks, test metrics, bundle, report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from molgnn.chem.molecule_keys import molecule_keys
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable
from molgnn.experiments.duplicates import merge_duplicates
from molgnn.experiments.folds import make_folds, members_of
from molgnn.experiments.held_out import HeldOutPredictions, predict_held_out
from molgnn.experiments.inputs import as_config, labelled_table
from molgnn.experiments.learning_curves import draw_curves
from molgnn.experiments.members import Trained, train_members
from molgnn.experiments.model_card import make_card
from molgnn.experiments.report_data import collect_report
from molgnn.experiments.run import Run
from molgnn.experiments.run_folder import RunFolder
from molgnn.experiments.table_checks import check_table, describe_labels
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData, featurize_table
from molgnn.fitting.distributed import Processes
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders import import_encoder
from molgnn.nn.losses import MultiTaskLoss
from molgnn.nn.network import build_network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card
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
    report
        Write ``report.html`` and its pictures, beside a random forest on the same rows; not after
        an interruption.
    progress
        Print the label counts and the notes on the table, and show a bar of epochs.
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
    config, processes = as_config(config, settings), Processes(devices)
    folder = RunFolder(Path(output))
    if processes.is_first:
        folder.check_can_start(resume=resume, overwrite=overwrite)
    table = labelled_table(table, config)
    standardizer, featurizer = Standardizer(config.standardize), Featurizer(config.preset)
    with torch.random.fork_rng(), folder.file_problems():
        import_encoder(config.encoder)
        build_network(config.network, featurizer.preset, table.tasks)
        MultiTaskLoss(table.tasks, config)  # both refuse wrong settings
        data = featurize_table(table, standardizer, featurizer)
        data = merge_duplicates(data, table, config.duplicates)
        folds = make_folds(data, table, config)
        splits = [fold.split for fold in folds]
        notes = check_table(table, data, splits)
        if processes.is_first:
            folder.start(config, table, resume=resume)
            folder.write_splits(data, splits)
            if notify or progress:
                for text in [*describe_labels(data, splits), *notes]:
                    (notify or _print_to_stderr)(text)
        trained = train_members(
            members_of(folds),
            data,
            featurizer.preset,
            config,
            folder,
            processes=processes,
            resume=resume,
            progress=progress,
        )
        run = Run(folder.root, {}, trained.interrupted, notes)
        if not processes.is_first:
            return run
        held_out = predict_held_out(data, trained)
        card = make_card(table, data, config, held_out.evaluations["test"])
        _write_run(folder, data, held_out)
        _save_model(folder, data, trained, held_out, standardizer, featurizer.preset, config, card)
        if report and not trained.interrupted:
            content = collect_report(table, data, held_out, card, notes, config.seed)
            write_report(folder.root, content, folder.curves)
    return replace(run, evaluations=held_out.evaluations)


def _write_run(folder: RunFolder, data: TrainingData, held_out: HeldOutPredictions) -> None:
    """Write learning curves, metrics and predictions."""
    draw_curves(folder.histories(), folder.curves)
    folder.write_evaluations(held_out.evaluations)
    folder.write_predictions(data, held_out.splits, held_out.values)


def _save_model(
    folder: RunFolder,
    data: TrainingData,
    trained: Trained,
    held_out: HeldOutPredictions,
    standardizer: Standardizer,
    preset: Preset,
    config: TrainingConfig,
    card: Card,
) -> None:
    """Save the bundle, with the keys of the molecules that any network was trained or chosen by."""
    seen = np.unique(np.concatenate([np.r_[s.train, s.valid] for s in held_out.splits]))
    Bundle(
        tasks=data.tasks,
        standardizer=standardizer,
        preset=preset,
        config=config.network,
        networks=tuple(trained.networks),
        calibration=held_out.calibration,
        card=card,
        training_keys=np.unique(molecule_keys([data.smiles[mol] for mol in seen])),
    ).save(folder.model)


def _print_to_stderr(text: str) -> None:
    print(text, file=sys.stderr)
