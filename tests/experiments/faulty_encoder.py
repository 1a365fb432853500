"""An encoder with faults, in a module that the processes of members can import."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from molgnn.nn.encoders.gcn import GCN

FOLDER = "MOLGNN_TEST_FAULTS"
"""The variable with a folder. The file ``raise`` in it has the first who trains raise an error;
``hold`` has who has finished an epoch leave a file of its process's number and wait."""
STEPS_PER_EPOCH, MAX_SECONDS = 4, 300.0


class Faulty(GCN):
    """A GCN that does what the files of a folder say."""

    n_steps = 0

    def forward(self, *arguments: Any, **options: Any) -> Any:
        if self.training and FOLDER in os.environ:
            self.n_steps += 1
            obey(Path(os.environ[FOLDER]), self.n_steps)
        return super().forward(*arguments, **options)


def obey(folder: Path, n_steps: int) -> None:
    try:
        (folder / "raise").unlink()
    except FileNotFoundError:
        pass
    else:
        raise RuntimeError("out of luck")
    deadline = time.monotonic() + MAX_SECONDS
    while n_steps > STEPS_PER_EPOCH and (folder / "hold").exists():
        (folder / f"{os.getpid()}.pid").touch()
        time.sleep(0.02)
        if time.monotonic() > deadline:
            raise TimeoutError("nobody ended this process")


def processes_on_hold(folder: Path) -> list[int]:
    """Return the numbers of the processes that wait."""
    return [int(path.stem) for path in folder.glob("*.pid")]
