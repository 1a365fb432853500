"""Checkpoints of one network: its last and its best epoch, and the history of all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from molgnn.errors import ConfigError, FileProblem
from molgnn.files import TEMPORARY_FILES


@dataclass(frozen=True)
class CheckpointFolder:
    """The files of one network of the model."""

    root: Path

    @property
    def history(self) -> Path:
        """One line per epoch."""
        return self.root / "history.csv"

    @property
    def best_checkpoint(self) -> Path:
        """The state after the epoch of the best validation score."""
        return self.root / "best.ckpt"

    @property
    def last_checkpoint(self) -> Path:
        """The state after the last finished epoch."""
        return self.root / "last.ckpt"

    def prepare(self) -> None:
        """Make the folder, and delete the temporary files of a training that was killed."""
        self.root.mkdir(parents=True, exist_ok=True)
        for path in self.root.glob(TEMPORARY_FILES):
            path.unlink()

    def load_best(self, network: nn.Module) -> None:
        """Load the weights of the best epoch.

        Raises
        ------
        FileProblem
            If no epoch was finished.
        ConfigError
            If none gave numbers.
        """
        if not self.best_checkpoint.exists() and self.history.exists():
            raise ConfigError(
                "the training diverged: no epoch gave finite outputs; fix: a lower learning rate"
            )
        if not self.best_checkpoint.exists():
            raise FileProblem(
                f"training stopped before its first epoch was over, so {self.root} holds no model; "
                "fix: resume=… goes on"
            )
        checkpoint = torch.load(self.best_checkpoint, map_location="cpu", weights_only=True)
        prefix = "network."
        weights = checkpoint["state_dict"].items()
        network.load_state_dict(
            {name.removeprefix(prefix): w for name, w in weights if name.startswith(prefix)}
        )
