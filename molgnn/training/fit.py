"""Lightning at work: epochs, checkpoints, early stopping."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import lightning
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from molgnn.chem.splits import Split
from molgnn.nn.network import Network
from molgnn.training.callbacks import EpochProgress, History, Interrupted, interruptible
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
    best = ModelCheckpoint(
        folder.checkpoints,
        "best",
        monitor=SCORE,
        mode="max",
        save_last=True,
        enable_version_counter=False,
    )
    patience = EarlyStopping(SCORE, mode="max", patience=config.patience)
    callbacks = [best, patience, History(folder.history), *([EpochProgress()] if progress else [])]
    module = TrainingModule(network, data, split, config)
    checkpoint = folder.last_checkpoint if resume and folder.last_checkpoint.exists() else None
    with _quiet_lightning():
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
        try:
            with interruptible():
                trainer.fit(module, ckpt_path=checkpoint, weights_only=True)
        except Interrupted:
            return True
    return False


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
