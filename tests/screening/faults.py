"""Scorers with faults, in a module that spawned processes and Ray actors can import."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from molgnn.chem.records import Rejected, Row, Stage
from molgnn.errors import BundleError
from molgnn.predictor.predictions import Predictions
from molgnn.screening.chunks import Chunk
from molgnn.tasks import Task, Tasks

TASKS = Tasks([Task("NR-AR"), Task("SR-p53"), Task("SR-MMP")])


def chunks_of(*chunks: list[str]) -> Iterator[Chunk]:
    """Yield chunks of these SMILES."""
    number = 0
    for chunk in chunks:
        yield Chunk(tuple(Row(i, i + 1, text, ()) for i, text in enumerate(chunk, number)))
        number += len(chunk)


class Breakable:
    """Scores lengths until it meets what breaks it, and then fails whatever it is asked."""

    def __init__(self) -> None:
        self._is_broken = False

    def __call__(self, smiles: list[str]) -> Predictions:
        self._is_broken |= "break" in smiles
        if self._is_broken:
            raise RuntimeError("device lost")
        return score_lengths(smiles)


def load_breakable(*_: object) -> Breakable:
    """Load what a row can break for good, as it does the state of a GPU."""
    return Breakable()


def load_broken(*_: object) -> Callable[[list[str]], Predictions]:
    """Load what has no result for anything."""
    broken = Breakable()
    broken._is_broken = True
    return broken


def score_lengths(smiles: list[str]) -> Predictions:
    """Give each SMILES its length in every task, unless it names a fault."""
    for text in smiles:
        match text:
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(3)
            case "hang":
                time.sleep(600)
            case "raise":
                raise ValueError("no such\nelement")
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "slow":
                time.sleep(1.1)
            case "brief":
                time.sleep(0.05)
    values = np.array([[len(text)] * len(TASKS) for text in smiles], dtype=np.float32)
    blank = [i for i, text in enumerate(smiles) if not text]
    values[blank] = np.nan
    rejected = {i: Rejected(i, "", Stage.PARSE, "blank: it is") for i in blank}
    return Predictions(tuple(smiles), TASKS, values, rejected)


def load_lengths(*_: object) -> Callable[[list[str]], Predictions]:
    """Load what needs no loading."""
    return score_lengths


def load_nothing(*_: object) -> Callable[[list[str]], Predictions]:
    """Fail as a model does that is not as it was saved."""
    raise BundleError("the weights are not as they were")


def load_badly(*_: object) -> Callable[[list[str]], Predictions]:
    """Fail as a library does."""
    raise OSError("no such library")


def load_and_die(number: int) -> Callable[[list[str]], Predictions]:
    """Die of a signal while loading."""
    os.kill(os.getpid(), number)
    raise AssertionError


def load_once_in_peace(stone: Path) -> Callable[[list[str]], Predictions]:
    """Die of SIGKILL while loading, the first time; *stone* remembers it."""
    if not stone.exists():
        stone.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return score_lengths


def load_crashing(*_: object) -> Callable[[list[str]], list[str]]:
    """Load a first stage that passes on what does not crash it."""

    def prepare(smiles: list[str]) -> list[str]:
        if "crash at first" in smiles:
            os._exit(3)
        return smiles

    return prepare


def load_applying(*_: object) -> Callable[[tuple[list[str], list[str]]], Predictions]:
    """Load the second stage that goes with it."""
    return lambda task: score_lengths(task[1])
