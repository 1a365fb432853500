"""Who learns: each is a command that trains on a case and leaves its predictions of the test rows.

All train on the training rows. The networks stop by the validation rows; forest and LightGBM, which
have nothing to stop, learn from those, too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from cases import PART, SMILES, Case
from contestants import MOLGNN, PEERS, PYTHON, Command, chemprop_environment

from molgnn.errors import unknown_name
from molgnn.fitting.config import TrainingConfig
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.network import resolve

FINGERPRINT_MODELS = ("forest", "lightgbm")
VARIANTS = r"|raw|x[1-9]\d*"


@dataclass(frozen=True)
class Learner:
    """A way to a model.

    Parameters
    ----------
    command
        Trains on the case with a seed, into a folder.
    predictions
        Reads from that folder what was predicted: one row per test row, in their order, one
        column per task.
    """

    command: Callable[[Case, int, Path], Command]
    predictions: Callable[[Case, Path], pd.DataFrame]


def find_learner(name: str, workdir: Path) -> Learner:
    """Return a contestant, its environment ready.

    Parameters
    ----------
    name
        ``"forest"``, ``"lightgbm"``, ``"chemprop"``, an encoder's name (``molgnn train`` with its
        defaults), an encoder and a number, as ``"dmpnn-x5"`` (an ensemble), or ``"dmpnn-raw"``
        (structures as they were drawn, without the clean-up).
    workdir
        Where chemprop's environment is, or will be.
    """
    if name in FINGERPRINT_MODELS:
        return Learner(_fingerprint_command(name), _read_fingerprint)
    if name == "chemprop":
        return Learner(_chemprop_command(workdir), _read_chemprop)
    encoder, variant = _network_of_ours(name)
    if variant == "raw":
        return Learner(_molgnn_command(encoder, "--standardize", "off"), _read_molgnn)
    return Learner(_molgnn_command(encoder, "--ensemble", variant[1:] or "1"), _read_molgnn)


def recipe_of(name: str) -> str:
    """Return a digest of the defaults that a model of ours is trained with; of a peer, nothing.

    A peer's settings are those of its release, ours change with this repository.

    Raises
    ------
    UnknownName
        If there is no such model.
    """
    if name in (*FINGERPRINT_MODELS, "chemprop"):
        return ""
    encoder, _ = _network_of_ours(name)
    config = TrainingConfig(network=resolve(NetworkConfig(encoder=encoder)))
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()[:8]


def _network_of_ours(name: str) -> tuple[str, str]:
    encoder, _, variant = name.partition("-")
    if encoder not in ENCODERS or not re.fullmatch(VARIANTS, variant):
        raise unknown_name("model", name, [*FINGERPRINT_MODELS, "chemprop", *ENCODERS])
    return encoder, variant


def _molgnn_command(encoder: str, *variant: str) -> Callable[[Case, int, Path], Command]:
    def command(case: Case, seed: int, folder: Path) -> Command:
        options = ["--encoder", encoder, "--split", f"column:{PART}", "--smiles-column", SMILES]
        course = [*variant, "--seed", str(seed), "--overwrite", "--no-report"]
        return [MOLGNN, "train", case.path, "-o", folder, *options, *course]

    return command


def _read_molgnn(case: Case, folder: Path) -> pd.DataFrame:
    table = case.read()
    frame = pd.read_csv(folder / "predictions.csv").set_index("row")
    tested = [i for i, part in enumerate(table.split_values) if part == "test"]
    return frame.reindex(tested)[table.tasks.names]


def _chemprop_command(workdir: Path) -> Callable[[Case, int, Path], Command]:
    program = chemprop_environment(workdir) / "bin" / "chemprop"

    def command(case: Case, seed: int, folder: Path) -> Command:
        path = table_for_chemprop(case, folder.with_suffix(".csv"))
        files: Command = ["--data-path", path, "--output-dir", folder]
        tasks = ["--target-columns", *case.read().tasks.names, "--task-type", case.kind]
        split = ["-s", SMILES, "--splits-column", PART]
        seeds = ["--pytorch-seed", str(seed), "--data-seed", str(seed)]
        return [program, "train", *files, *split, *tasks, *seeds, "--accelerator", "cpu"]

    return command


def table_for_chemprop(case: Case, path: Path) -> Path:
    """Write a case the way chemprop wants it: it calls the validation part otherwise."""
    frame = pd.read_csv(case.path, dtype=str)
    frame[PART] = frame[PART].replace("valid", "val")
    frame.to_csv(path, index=False)
    return path


def _read_chemprop(case: Case, folder: Path) -> pd.DataFrame:
    table, frame = case.read(), pd.read_csv(next(folder.glob("**/test_predictions.csv")))
    tested = zip(table.smiles, table.split_values, strict=True)
    if list(frame[SMILES]) != [smiles for smiles, part in tested if part == "test"]:
        raise ValueError(f"expected the test rows of {case.name} in order but got others")
    return frame[table.tasks.names]


def _fingerprint_command(name: str) -> Callable[[Case, int, Path], Command]:
    def command(case: Case, seed: int, folder: Path) -> Command:
        script = PEERS / "fingerprint_models.py"
        return [PYTHON, script, name, case.path, folder, "--seed", str(seed)]

    return command


def _read_fingerprint(case: Case, folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "test_predictions.csv")
