"""Callbacks of Lightning: checkpoints with early stopping, a progress bar, Ctrl-C."""

from __future__ import annotations

import math
import shutil
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import lightning
from lightning.pytorch import Callback
from lightning.pytorch.callbacks import Checkpoint

from molgnn.files import temporary_path
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.history import epoch_rank
from molgnn.fitting.progress import EpochBars
from molgnn.signals import signals_raise


class Interrupted(Exception):
    """Ctrl-C or SIGTERM during a training; what the last epoch left on disk stays good."""


def interruptible() -> AbstractContextManager[None]:
    """Turn Ctrl-C and SIGTERM into `Interrupted`: Lightning would leave the program."""
    return signals_raise(("SIGINT", "SIGTERM"), lambda _: Interrupted())


class BestAndLastCheckpoint(Checkpoint):
    """Keeps the last epoch and the best one, and ends a training that finds no better one.

    A network whose outputs are no longer finite will not recover: there the training ends, too.

    Lightning's own `ModelCheckpoint` and `EarlyStopping` look at one figure alone, and tie it to
    the folder's path; the last state is written only along with a better one. A resumed run would
    go back, and a moved one forget.

    Parameters
    ----------
    folder
        Where ``last.ckpt`` and ``best.ckpt`` go.
    patience
        After how many epochs without a better one the training ends.
    """

    def __init__(self, folder: CheckpointFolder, patience: int) -> None:
        self.folder, self.patience = folder, patience
        self.best = (-math.inf, -math.inf)
        self.patience_left = patience

    def on_train_epoch_end(self, trainer: lightning.Trainer, _: Any) -> None:
        """Save the epoch, whole or not at all."""
        is_best = self._update_best(epoch_rank(trainer.callback_metrics))
        is_over = trainer.strategy.reduce_boolean_decision(self.patience_left < 1, all=False)
        trainer.should_stop = trainer.should_stop or is_over
        last = self.folder.last_checkpoint
        with temporary_path(last) if trainer.is_global_zero else nullcontext(last) as path:
            trainer.save_checkpoint(path)  # all processes take part, the first of them writes
            if is_best and trainer.is_global_zero:
                with temporary_path(self.folder.best_checkpoint) as copy:
                    shutil.copyfile(path, copy)

    def _update_best(self, rank: tuple[float, float]) -> bool:
        """Say whether this epoch is the best so far, and how much patience is left."""
        is_finite = math.isfinite(rank[0])
        is_best = is_finite and rank >= self.best
        if is_best:
            self.best, self.patience_left = rank, self.patience
        else:
            self.patience_left = self.patience_left - 1 if is_finite else 0
        return is_best

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run has to know."""
        return {"best": self.best, "patience_left": self.patience_left}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up what `state_dict` gave."""
        self.best = tuple(state_dict["best"])
        self.patience_left = state_dict["patience_left"]


class EpochProgress(Callback):
    """A bar of epochs with the score so far and the best one."""

    def __init__(self, history: Path, title: str = "training") -> None:
        self._history, self._title = history, title
        self._bars: EpochBars | None = None

    def on_train_start(self, trainer: lightning.Trainer, _: Any) -> None:
        """Show the bar, in the first of all processes."""
        if not trainer.is_global_zero:
            return
        self._bars = EpochBars()
        self._bars.add(self._title, self._history, trainer.max_epochs)
        self._bars.__enter__()

    def on_train_epoch_end(self, *_: Any) -> None:
        """Move the bar on."""
        if self._bars is not None:
            self._bars.update()

    def on_fit_end(self, *_: Any) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.__exit__(None, None, None)

    def on_exception(self, *_: Any) -> None:
        """Take the bar away after an interruption, too."""
        self.on_fit_end()
