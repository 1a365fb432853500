"""The models that are compared: each is a command that trains and predicts the test rows.

All train on the training rows. The networks stop by the validation rows; forest and LightGBM have
their settings, and LightGBM its number of trees, chosen on them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.chemprop import chemprop_environment, table_for_chemprop
from benchmarks.datasets import PART, SMILES, Case
from benchmarks.processes import MOLGNN, PYTHON, Command
from molgnn import TrainingConfig
from molgnn.assess.baselines import BASELINES
from molgnn.errors import unknown_name
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.network import resolve

TREE_MODELS = tuple(BASELINES)
TREE_SCRIPT = Path(__file__).with_name("tree_models.py")
VARIANTS = r"|raw|x[1-9]\d*"


@dataclass(frozen=True)
class Model:
    """How a model is trained, and where its predictions are then found.

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


def make_model(name: str, workdir: Path) -> Model:
    """Return the model of a name, with its environment made ready.

    Parameters
    ----------
    name
        ``"forest"``, ``"lightgbm"``, ``"chemprop"``, an encoder's name (``molgnn train`` with its
        defaults), an encoder and a number, as ``"dmpnn-x5"`` (an ensemble), or ``"dmpnn-raw"``
        (structures as they were drawn, without the clean-up).
    workdir
        Where chemprop's environment is, or will be.
    """
    if name in TREE_MODELS:
        return Model(_tree_command(name), _read_trees)
    if name == "chemprop":
        return Model(_chemprop_command(workdir), _read_chemprop)
    encoder, variant = _molgnn_network(name)
    if variant == "raw":
        return Model(_molgnn_command(encoder, "--standardize", "off"), _read_molgnn)
    return Model(_molgnn_command(encoder, "--ensemble", variant[1:] or "1"), _read_molgnn)


def settings_hash_of(name: str) -> str:
    """Return a hash of the defaults that a network of molgnn is trained with; else nothing.

    The settings of others are those of their release, molgnn's change with this repository.

    Raises
    ------
    UnknownName
        If there is no such model.
    """
    if name in (*TREE_MODELS, "chemprop"):
        return ""
    encoder, _ = _molgnn_network(name)
    config = TrainingConfig.build(network=resolve(NetworkConfig(encoder=encoder)))
    return hashlib.sha256(config.model_dump_json().encode()).hexdigest()[:8]


def _molgnn_network(name: str) -> tuple[str, str]:
    encoder, _, variant = name.partition("-")
    if encoder not in ENCODERS or not re.fullmatch(VARIANTS, variant):
        raise unknown_name("model", name, [*TREE_MODELS, "chemprop", *ENCODERS])
    return encoder, variant


def _molgnn_command(encoder: str, *variant: str) -> Callable[[Case, int, Path], Command]:
    def command(case: Case, seed: int, folder: Path) -> Command:
        options = ["--encoder", encoder, "--split", f"column:{PART}", "--smiles-column", SMILES]
        options += [*variant, "--seed", str(seed), "--overwrite", "--no-report"]
        return [MOLGNN, "train", case.path, "-o", folder, *options]

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


def _read_chemprop(case: Case, folder: Path) -> pd.DataFrame:
    table, frame = case.read(), pd.read_csv(next(folder.glob("**/test_predictions.csv")))
    tested = zip(table.smiles, table.split_values, strict=True)
    if list(frame[SMILES]) != [smiles for smiles, part in tested if part == "test"]:
        raise ValueError(f"expected the test rows of {case.name} in order but got others")
    return frame[table.tasks.names]


def _tree_command(name: str) -> Callable[[Case, int, Path], Command]:
    def command(case: Case, seed: int, folder: Path) -> Command:
        return [PYTHON, TREE_SCRIPT, name, case.path, folder, "--seed", str(seed)]

    return command


def _read_trees(case: Case, folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "test_predictions.csv")
