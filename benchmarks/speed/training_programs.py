"""The programs whose training is timed: each trains for so many epochs on the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.chemprop import (
    CHEMPROP,
    CUIK_MOLMAKER,
    chemprop_environment,
    table_for_chemprop,
)
from benchmarks.datasets import PART, SMILES, Case
from benchmarks.processes import MOLGNN, PYTHON, Command
from benchmarks.speed.screening_programs import PEERS

BATCH_SIZE = 64
DMPNN: dict[str, Any] = {
    "encoder": "dmpnn",
    "encoder_options": {"hidden_dim": 300, "depth": 3, "dropout": 0.0},
    "readout": "mean",
    "head_options": {"hidden_dims": [300], "dropout": 0.0},
}
MPNN: dict[str, Any] = {
    "encoder": "mpnn",
    "encoder_options": {"hidden_dim": 64, "edge_hidden_dim": 128, "depth": 6, "dropout": 0.0},
    "readout": "set2set",
    "readout_options": {"n_iterations": 6, "n_layers": 3},
    "head_options": {"hidden_dims": [64], "dropout": 0.0},
}

TrainCommand = Callable[[Case, int, Path], Command]


@dataclass(frozen=True)
class Program:
    """A program that trains.

    Parameters
    ----------
    name
        What ``--programs`` calls it.
    title
        What the table calls it.
    command
        From the case, the number of epochs and a folder to the command line.
    is_slow
        Whether an epoch takes minutes, so that it may be given fewer.
    """

    name: str
    title: str
    command: TrainCommand
    is_slow: bool = False


def make_program(name: str, workdir: Path) -> Program:
    """Return one of `PROGRAMS`, with its environment made ready."""
    if name == "dgllife-mpnn":
        return Program(name, "dgllife MPNN, graphs made in advance", _train_dgllife, is_slow=True)
    if name.startswith("molgnn-"):
        title, network = _OURS[name]
        return Program(name, f"molgnn {title}", _molgnn(network))
    program = chemprop_environment(workdir) / "bin" / "chemprop"
    mode = [CUIK_MOLMAKER] if name == "chemprop-cuik" else []
    title = f"chemprop {CHEMPROP}{', cuik-molmaker' if mode else ''}"
    return Program(name, title, _chemprop(program, mode))


def _molgnn(network: dict[str, Any]) -> TrainCommand:
    def command(case: Case, n_epochs: int, folder: Path) -> Command:
        settings = {
            "smiles_column": SMILES,
            "split": f"column:{PART}",
            "network": network,
            "epochs": n_epochs,
            "patience": n_epochs,  # or a run might end before its last epoch
            "batch_size": BATCH_SIZE,
        }
        path = folder.with_suffix(".json")
        path.write_text(json.dumps(settings), encoding="utf-8")
        options = ["--overwrite", "--no-report"]  # chemprop and dgllife write none
        return [MOLGNN, "train", case.path, "-o", folder, "--config", path, *options]

    return command


def _chemprop(program: Path, mode: list[str]) -> TrainCommand:
    # Its warm-up must be shorter than the training.
    size = "--message-hidden-dim 300 --depth 3 --aggregation mean --ffn-hidden-dim 300"
    schedule = f"--ffn-num-layers 1 --batch-size {BATCH_SIZE} --warmup-epochs 1 --accelerator cpu"

    def command(case: Case, n_epochs: int, folder: Path) -> Command:
        table = table_for_chemprop(case, folder.with_suffix(".csv"))
        files: Command = ["--data-path", table, "--output-dir", folder]
        tasks = ["--target-columns", *case.read().tasks.names, "--task-type", case.kind]
        rows = ["-s", SMILES, "--splits-column", PART, "--epochs", str(n_epochs)]
        options = [*rows, *tasks, *size.split(), *schedule.split(), *mode]
        return [program, "train", *files, *options]

    return command


def _train_dgllife(case: Case, n_epochs: int, folder: Path) -> Command:
    script, size = PEERS / "dgllife_train.py", str(BATCH_SIZE)
    return [PYTHON, script, case.path, "--epochs", str(n_epochs), "--batch-size", size]


_OURS = {"molgnn-dmpnn": ("D-MPNN", DMPNN), "molgnn-mpnn": ("MPNN", MPNN)}
PROGRAMS = ("molgnn-dmpnn", "chemprop-cuik", "chemprop", "molgnn-mpnn", "dgllife-mpnn")
