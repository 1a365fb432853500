"""What several of these tests do to a training."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from molgnn.experiments.run import Run
from molgnn.experiments.train import train
from molgnn.fitting.module import TrainingModule


def train_alone(*arguments: Any, **options: Any) -> Run:
    """Train in this process, without the report: both take longer than a small training."""
    return train(*arguments, **{"report": False, "jobs": 1} | options)


def weights(run: Run) -> bytes:
    return (run.folder / "model" / "weights.safetensors").read_bytes()


def interrupt_at_epoch(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send this process what Ctrl-C sends, as an epoch begins."""
    started = TrainingModule.on_train_epoch_start

    def interrupt(self: TrainingModule) -> None:
        if self.current_epoch == epoch:
            os.kill(os.getpid(), signal.SIGINT)
        started(self)

    monkeypatch.setattr(TrainingModule, "on_train_epoch_start", interrupt)
