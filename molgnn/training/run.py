"""From a labelled table to a run folder that holds a model and the evidence for it."""

from __future__ import annotations

import hashlib
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from molgnn.assess.calibration import Calibration
from molgnn.assess.metrics import Evaluation, assess
from molgnn.chem.splits import Split, label_counts, make_split, one_class_parts
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import ConfigError, FileProblem
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.network import Network, build_network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card, Figure
from molgnn.predictor.predictor import Predictor, run_network
from molgnn.training.callbacks import EpochProgress, History, Interrupted, interruptible
from molgnn.training.config import TrainingConfig
from molgnn.training.data import TrainingData, prepare
from molgnn.training.folder import RunFolder
from molgnn.training.module import SCORE, TrainingModule, fit_target_scale

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """A finished training.

    Parameters
    ----------
    folder
        Where everything lies.
    evaluations
        Part (``"valid"``, ``"test"``) to the figures of the calibrated model on it.
    interrupted
        Whether Ctrl-C ended it early; the model is then the best so far.
    """

    folder: Path
    evaluations: dict[str, Evaluation]
    interrupted: bool

    @property
    def predictor(self) -> Predictor:
        """The trained model, loaded from the run folder."""
        return Predictor.load(RunFolder(self.folder).model)


def train(
    table: str | Path | LabelledTable,
    output: str | Path,
    config: TrainingConfig | None = None,
    *,
    resume: bool = False,
    progress: bool = False,
    **settings: Any,
) -> Run:
    """Train a model on a table whose labels may have gaps.

    Parameters
    ----------
    table
        A file of SMILES and labels, or what `read_table` made of one.
    output
        The run folder: settings, split, metrics, curves and the model, which can be given
        wherever a model is expected.
    config
        All settings at once; or give single ones by keyword.
    resume
        Go on with the training that this folder holds.
    progress
        Show a bar of epochs.
    **settings
        Fields of `TrainingConfig`.

    Raises
    ------
    FileProblem
        If the folder is taken, or cannot be written.
    TableError, ConfigError
        If the table or the settings cannot be used, saying which row or which setting.
    """
    folder = RunFolder(Path(output))
    config = config or TrainingConfig.build(**settings)
    if not isinstance(table, LabelledTable):
        table = _read(Path(table), config)
    if resume:
        folder.check_same(config, table)
    else:
        folder.create(config, table)
    standardizer, featurizer = Standardizer(config.standardize), Featurizer(config.preset)
    data = prepare(table, standardizer, featurizer)
    split = _split(data, table, config)
    folder.write_split(data, split)

    lightning.seed_everything(config.seed, verbose=False)
    network = build_network(config.network, featurizer.preset, data.tasks)
    fit_target_scale(network, data, split)
    interrupted = _fit(network, data, split, config, folder, resume=resume, progress=progress)
    folder.restore_best(network)
    return _conclude(network, standardizer, featurizer, data, split, config, folder, interrupted)


def _read(path: Path, config: TrainingConfig) -> LabelledTable:
    column = _split_column(config)
    return read_table(
        path, smiles_column=config.smiles_column, tasks=config.tasks, split_column=column
    )


def _split_column(config: TrainingConfig) -> str | None:
    kind, _, name = config.split.partition(":")
    return name if kind == "column" else None


def _split(data: TrainingData, table: LabelledTable, config: TrainingConfig) -> Split:
    if _split_column(config) is not None:
        return split_by_column([table.split_values[row] for row in data.rows], rows=data.rows)
    return make_split(
        config.split, data.smiles, data.labels, fractions=config.fractions, seed=config.seed
    )


def _fit(
    network: Network,
    data: TrainingData,
    split: Split,
    config: TrainingConfig,
    folder: RunFolder,
    *,
    resume: bool,
    progress: bool,
) -> bool:
    """Train, leaving the best and the last epoch in the folder; return whether it was cut short."""
    best = ModelCheckpoint(
        folder.checkpoints, "best", monitor=SCORE, mode="max", save_last=True,
        enable_version_counter=False,
    )
    patience = EarlyStopping(SCORE, mode="max", patience=config.patience)
    callbacks = [best, patience, History(folder.history), *([EpochProgress()] if progress else [])]
    trainer = lightning.Trainer(
        max_epochs=config.epochs,
        callbacks=callbacks,
        deterministic=True,
        logger=False,
        num_sanity_val_steps=0,
        reload_dataloaders_every_n_epochs=1,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    module = TrainingModule(network, data, split, config)
    checkpoint = folder.last_checkpoint if resume and folder.last_checkpoint.exists() else None
    try:
        with interruptible():
            trainer.fit(module, ckpt_path=checkpoint, weights_only=True)
    except Interrupted:
        return True
    return False
