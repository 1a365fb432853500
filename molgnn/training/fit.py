"""Lightning at work: epochs, checkpoints, early stopping."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping

from molgnn.chem.splits import Split
from molgnn.nn.network import Network
from molgnn.training.callbacks import (
    Checkpoints,
    EpochProgress,
    History,
    Interrupted,
    interruptible,
)
from molgnn.training.config import TrainingConfig
from molgnn.training.data import TrainingData
from molgnn.training.folder import RunFolder
from molgnn.training.module import SCORE, TrainingModule


def fit(
    network: Network,
    data: TrainingData,
    split: Split,
    config: TrainingConfig,
    folder: RunFolder,
    *,
    resume: bool = False,
    progress: bool = False,
) -> bool:
    """Train *network*, leaving the best and the last epoch in the folder.

    Returns
    -------
    bool
        Whether Ctrl-C or SIGTERM cut it short.
    """
    callbacks = [
        EarlyStopping(SCORE, mode="max", patience=config.patience),
        History(folder.history),
        *([EpochProgress(folder.history)] if progress else []),
        Checkpoints(folder.checkpoints),
    ]
    checkpoint = folder.last_checkpoint if resume and folder.last_checkpoint.exists() else None
    if checkpoint and _had_stopped(checkpoint):
        return False
    with _quiet_lightning(), _restored_settings():
        trainer = lightning.Trainer(
            max_epochs=config.epochs,
            accelerator="gpu" if torch.cuda.is_available() else "cpu",
            devices=1,
            callbacks=callbacks,
            deterministic=True,
            logger=False,
            num_sanity_val_steps=0,
            reload_dataloaders_every_n_epochs=1,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        try:
            with interruptible():
                module = TrainingModule(network, data, split, config)
                trainer.fit(module, ckpt_path=checkpoint, weights_only=True)
        except Interrupted:
            return True
    return False


def _had_stopped(checkpoint: Path) -> bool:
    """Say whether the patience had run out, so that resuming has nothing to add."""
    states = torch.load(checkpoint, map_location="cpu", weights_only=True)["callbacks"].values()
    [waited] = [state for state in states if "wait_count" in state]
    return bool(waited["wait_count"] >= waited["patience"])


@contextmanager
def _restored_settings() -> Iterator[None]:
    """Leave torch as deterministic, or not, as it was."""
    before = torch.are_deterministic_algorithms_enabled()
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


@contextmanager
def _quiet_lightning() -> Iterator[None]:
    """Keep Lightning's advice to itself: none of it is for the users of molgnn."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="lightning")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
