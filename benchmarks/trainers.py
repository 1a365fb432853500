"""Who trains for time: each is a command that trains for so many epochs on a case's rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cases import PART, SMILES, Case
from contestants import CHEMPROP, MOLGNN, PEERS, PYTHON, Command, chemprop_environment, pick
from learners import table_for_chemprop

from molgnn.fitting.config import TrainingConfig
from molgnn.nn.config import NetworkConfig

BATCH_SIZE = 64
DMPNN = NetworkConfig(
    encoder="dmpnn",
    encoder_options={"hidden_dim": 300, "depth": 3, "dropout": 0.0},
    readout="mean",
    head_options={"hidden_dims": [300], "dropout": 0.0},
)
MPNN = NetworkConfig(
    encoder="mpnn",
    encoder_options={"hidden_dim": 64, "edge_hidden_dim": 128, "depth": 6, "dropout": 0.0},
    readout="set2set",
    readout_options={"n_iterations": 6, "n_layers": 3},
    head_options={"hidden_dims": [64], "dropout": 0.0},
)

TrainCommand = Callable[[Case, int, Path], Command]


@dataclass(frozen=True)
class Trainer:
    """A way to train.

    Parameters
    ----------
    name
        What ``--trainers`` calls it.
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


def choose(text: str) -> list[str]:
    """Return the trainers that fit any of the patterns in a text; see `pick`."""
    return pick(text, NAMES, "trainer")


def build(name: str, workdir: Path) -> Trainer:
    """Make a trainer ready, its environment included."""
    if name == "dgllife-mpnn":
        return Trainer(name, "dgllife MPNN, graphs made in advance", _train_dgllife, is_slow=True)
    if name.startswith("molgnn-"):
        title, network = _OURS[name]
        return Trainer(name, f"molgnn {title}", _molgnn(network))
    program = chemprop_environment(workdir) / "bin" / "chemprop"
    mode = ["--use-cuikmolmaker-featurization"] if name == "chemprop-cuik" else []
    title = f"chemprop {CHEMPROP}{', cuik-molmaker' if mode else ''}"
    return Trainer(name, title, _chemprop(program, mode))


def _molgnn(network: NetworkConfig) -> TrainCommand:
    def command(case: Case, n_epochs: int, folder: Path) -> Command:
        config = TrainingConfig(
            smiles_column=SMILES,
            split=f"column:{PART}",
            network=network,
            epochs=n_epochs,
            patience=n_epochs,  # or a run might end before its last epoch
            batch_size=BATCH_SIZE,
        )
        path = folder.with_suffix(".json")
        path.write_text(config.model_dump_json(), encoding="utf-8")
        options = ["--overwrite", "--no-report"]  # the peers write none
        return [MOLGNN, "train", case.path, "-o", folder, "--config", path, *options]

    return command


def _chemprop(program: Path, mode: list[str]) -> TrainCommand:
    # Its warm-up must be shorter than the training.
    size = "--message-hidden-dim 300 --depth 3 --aggregation mean --ffn-hidden-dim 300"
    course = f"--ffn-num-layers 1 --batch-size {BATCH_SIZE} --warmup-epochs 1 --accelerator cpu"

    def command(case: Case, n_epochs: int, folder: Path) -> Command:
        table = table_for_chemprop(case, folder.with_suffix(".csv"))
        files: Command = ["--data-path", table, "--output-dir", folder]
        tasks = ["--target-columns", *case.read().tasks.names, "--task-type", case.kind]
        rows = ["-s", SMILES, "--splits-column", PART, "--epochs", str(n_epochs)]
        options = [*rows, *tasks, *size.split(), *course.split(), *mode]
        return [program, "train", *files, *options]

    return command


def _train_dgllife(case: Case, n_epochs: int, folder: Path) -> Command:
    script, size = PEERS / "dgllife_train.py", str(BATCH_SIZE)
    return [PYTHON, script, case.path, "--epochs", str(n_epochs), "--batch-size", size]


_OURS = {"molgnn-dmpnn": ("D-MPNN", DMPNN), "molgnn-mpnn": ("MPNN", MPNN)}
NAMES = ("molgnn-dmpnn", "chemprop-cuik", "chemprop", "molgnn-mpnn", "dgllife-mpnn")
