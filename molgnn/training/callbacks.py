"""What happens beside the training: a history on disk and a line on the screen."""

from __future__ import annotations

import csv
import math
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM, getsignal, signal
from threading import current_thread, main_thread
from typing import Any

import lightning
from lightning.pytorch import Callback
from lightning.pytorch.callbacks import Checkpoint
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from molgnn.training.member import MemberFolder
from molgnn.training.module import SCORE

HISTORY_COLUMNS = ("epoch", "train_loss", "valid_loss", SCORE, "learning_rate", "seconds")


class Interrupted(Exception):
    """Ctrl-C or SIGTERM during a training; what the last epoch left on disk stays good."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into `Interrupted`: Lightning would leave the program."""
    if current_thread() is not main_thread():  # only the main thread may handle signals
        yield
        return

    def interrupt(*_: Any) -> None:
        raise Interrupted

    before = {number: getsignal(number) for number in (SIGINT, SIGTERM)}
    try:
        for number in before:
            signal(number, interrupt)
        yield
    finally:
        for number, handler in before.items():
            signal(number, handler)


class History(Callback):
    """Writes one line per epoch to a CSV file, going on where a resumed training left off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._started = time.perf_counter()

    def on_train_epoch_start(self, trainer: lightning.Trainer, _: Any) -> None:
        """Start the epoch's clock."""
        self._started = time.perf_counter()

    def on_train_epoch_end(self, trainer: lightning.Trainer, _: Any) -> None:
        """Write the epoch's line."""
        if not trainer.is_global_zero:
            return
        known = read_history(self.path)[: trainer.current_epoch]
        figures = {name: float(value) for name, value in trainer.callback_metrics.items()}
        row = {
            "epoch": trainer.current_epoch + 1,
            **{name: f"{figures[name]:.6g}" for name in ("train_loss", "valid_loss", SCORE)},
            "learning_rate": f"{trainer.optimizers[0].param_groups[0]['lr']:.3g}",
            "seconds": f"{time.perf_counter() - self._started:.2f}",
        }
        part = self.path.with_suffix(".part")
        with part.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, HISTORY_COLUMNS)
            writer.writeheader()
            writer.writerows([*known, row])
        part.replace(self.path)


def read_history(path: Path) -> list[dict[str, str]]:
    """Return the lines of a history, none where there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Checkpoints(Checkpoint):
    """Keeps the state after every epoch as ``last.ckpt``, and the best one as ``best.ckpt``.

    Lightning's own `ModelCheckpoint` ties the best score to the folder's path and writes the last
    state only along with a better one; a resumed run would go back, and a moved one forget.
    Being a `Checkpoint`, it is called after the early stopping, whose state it saves.
    """

    def __init__(self, folder: MemberFolder) -> None:
        self.folder = folder
        self.best_score = -math.inf

    def on_train_epoch_end(self, trainer: lightning.Trainer, _: Any) -> None:
        """Save the epoch, whole or not at all."""
        score = float(trainer.callback_metrics[SCORE])
        is_best = score > self.best_score
        self.best_score = max(self.best_score, score)
        part = self.folder.root / "last.part"
        trainer.save_checkpoint(part)  # all processes take part, one of them writes
        if not trainer.is_global_zero:
            return
        if is_best:
            copy = Path(shutil.copyfile(part, self.folder.root / "best.part"))
            copy.replace(self.folder.best_checkpoint)
        part.replace(self.folder.last_checkpoint)

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run has to know."""
        return {"best_score": self.best_score}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up what `state_dict` gave."""
        self.best_score = state_dict["best_score"]


class EpochProgress(Callback):
    """A bar of epochs with the score so far and the best one."""

    def __init__(self, history: Path, title: str = "training") -> None:
        self._history, self._title = history, title
        self._progress: Progress | None = None

    def on_train_start(self, trainer: lightning.Trainer, _: Any) -> None:
        """Show the bar, in the first of all processes."""
        if not trainer.is_global_zero:
            return
        scores = [(float(row[SCORE]), -int(row["epoch"])) for row in read_history(self._history)]
        self._best = max(scores, default=(-math.inf, 0))
        columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        console = Console(stderr=True)
        self._progress = Progress(self._title, *columns, transient=True, console=console)
        self._progress.start()
        self._bar = self._progress.add_task(
            "first epoch", total=trainer.max_epochs, completed=trainer.current_epoch
        )

    def on_train_epoch_end(self, trainer: lightning.Trainer, _: Any) -> None:
        """Move the bar on."""
        if self._progress is None:
            return
        score, epoch = float(trainer.callback_metrics[SCORE]), trainer.current_epoch + 1
        self._best = max(self._best, (score, -epoch))
        best, at = self._best
        self._progress.update(
            self._bar,
            completed=epoch,
            description=f"epoch {epoch}: score {score:.3f}, best {best:.3f} at epoch {-at}",
        )

    def on_fit_end(self, *_: Any) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    def on_exception(self, *_: Any) -> None:
        """Take the bar away after an interruption, too."""
        self.on_fit_end()
