"""Train one network with Lightning's Trainer: epochs, checkpoints, early stopping, resume."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import lightning
import torch
from lightning.pytorch import Callback

from molgnn.fitting.callbacks import (
    BestAndLastCheckpoint,
    EpochProgress,
    Interrupted,
    interruptible,
)
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.distributed import Processes, trainer_settings
from molgnn.fitting.history import History
from molgnn.fitting.module import TrainingModule
from molgnn.fitting.optimization import OptimizationConfig
from molgnn.nn.threads import using_threads

LIGHTNING_PRECISION: dict[str, Literal["32-true", "bf16-mixed"]] = {
    "fp32": "32-true",
    "bf16": "bf16-mixed",
}


def fit(
    module: TrainingModule,
    folder: CheckpointFolder,
    *,
    processes: Processes | None = None,
    resume: bool = False,
    title: str | None = None,
    callbacks: Sequence[Callback] = (),
) -> bool:
    """Train a network, leaving its best and its last epoch in the folder.

    Parameters
    ----------
    module
        The network, its data and its settings.
    folder
        Where its epochs are kept.
    processes
        Which processes share the work; this one alone by default.
    resume
        Go on after the last epoch in the folder, if there is one.
    title
        Shows a bar of epochs behind these words; none shows none.
    callbacks
        More callbacks of Lightning.

    Returns
    -------
    bool
        Whether Ctrl-C or SIGTERM cut it short.
    """
    checkpoint = folder.last_checkpoint if resume and folder.last_checkpoint.exists() else None
    if checkpoint and _had_stopped(checkpoint):
        return False
    all_callbacks = [*_callbacks(module.patience, folder, title), *callbacks]
    try:
        with interruptible():
            (processes or Processes()).run(_fit_here, module, folder, all_callbacks, checkpoint)
    except Interrupted:
        return True
    return False


def _fit_here(
    module: TrainingModule,
    folder: CheckpointFolder,
    all_callbacks: list[Callback],
    checkpoint: Path | None,
) -> None:
    """Train in this process, perhaps as one of several."""
    with _quiet_lightning(), _restored_settings(), using_threads(_threads_here()):
        trainer = lightning.Trainer(
            max_epochs=module.n_epochs,
            precision=LIGHTNING_PRECISION[_precision(module.config)],
            callbacks=all_callbacks,
            deterministic=True,
            logger=False,
            num_sanity_val_steps=0,
            reload_dataloaders_every_n_epochs=1,
            use_distributed_sampler=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            **trainer_settings(),
        )
        if trainer.is_global_zero:
            folder.prepare()
        trainer.fit(module, ckpt_path=checkpoint, weights_only=True)


def _callbacks(patience: int, folder: CheckpointFolder, title: str | None) -> Iterator[Callback]:
    yield History(folder.history)
    if title is not None:
        yield EpochProgress(folder.history, title)
    yield BestAndLastCheckpoint(folder, patience)


def _precision(config: OptimizationConfig) -> str:
    if config.precision != "auto":
        return config.precision
    return "bf16" if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else "fp32"


def _threads_here() -> int:
    """Return how many threads a network is trained on.

    Two save over a quarter of the time where two cores are free. Threads of OpenMP keep a core busy
    while they wait for each other, however: beside other processes two take seven times as long as
    one. So there is one, unless they sleep meanwhile, or their number was chosen.
    """
    sleep = os.environ.get("OMP_WAIT_POLICY", "").lower() == "passive"
    return torch.get_num_threads() if sleep or "OMP_NUM_THREADS" in os.environ else 1


def _had_stopped(checkpoint: Path) -> bool:
    """Say whether the patience had run out, so that resuming has nothing to add."""
    states = torch.load(checkpoint, map_location="cpu", weights_only=True)["callbacks"].values()
    [left] = [state["patience_left"] for state in states if "patience_left" in state]
    return bool(left < 1)


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
