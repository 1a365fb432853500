"""Training history: a CSV file with one line per epoch, and which epoch was the best."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import lightning
from lightning.pytorch import Callback

from molgnn.files import atomic_write
from molgnn.fitting.module import LOSS, SCORE

COLUMNS = ("epoch", "train_loss", LOSS, SCORE, "learning_rate", "seconds")


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
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        row = {
            "epoch": trainer.current_epoch + 1,
            **{name: f"{metrics[name]:.6g}" for name in ("train_loss", LOSS, SCORE)},
            "learning_rate": f"{trainer.optimizers[0].param_groups[0]['lr']:.3g}",
            "seconds": f"{time.perf_counter() - self._started:.2f}",
        }
        text = StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows([*known, row])
        with atomic_write(self.path) as file:
            file.write(text.getvalue().encode())


def read_history(path: Path) -> list[dict[str, str]]:
    """Return the lines of a history, none where there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def epoch_rank(metrics: Mapping[str, Any]) -> tuple[float, float]:
    """Return what epochs are compared by: the score and, among equals, the smaller loss."""
    return float(metrics[SCORE]), -float(metrics[LOSS])


def best_epoch_index(epochs: Sequence[Mapping[str, Any]]) -> int:
    """Return the position of the best epoch; of those that nothing tells apart, the last."""
    return max(range(len(epochs)), key=lambda i: (*epoch_rank(epochs[i]), i))
