"""Pretrain an encoder on a library: read, featurize, compute targets, fit, write the encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch

from molgnn.chem.splits import Split
from molgnn.chem.standardize import Standardizer
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.distributed import Processes
from molgnn.fitting.fit import fit
from molgnn.fitting.history import best_epoch_index, read_history
from molgnn.fitting.learning_curves import draw_curves
from molgnn.fitting.module import LOSS, TrainingModule
from molgnn.fitting.run_folder import COMMON_FILES, FittingFolder
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.network import MoleculeEncoder, build_molecule_encoder
from molgnn.predictor.card import Card
from molgnn.predictor.leakage import Leakage
from molgnn.predictor.pretrained import PretrainedEncoder
from molgnn.pretraining.config import PretrainingConfig
from molgnn.pretraining.library import PretrainingExamples, PretrainingLibrary, read_library
from molgnn.pretraining.objectives import make_objective
from molgnn.pretraining.targets import compute_targets

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PretrainingFolder(FittingFolder):
    """The files of a pretraining."""

    files: ClassVar[set[str]] = COMMON_FILES | {"encoder", "targets"}
    inputs: ClassVar[str] = "the molecules of the library"

    @property
    def encoder(self) -> Path:
        """The pretrained encoder, for ``molgnn train --from``."""
        return self.root / "encoder"

    @property
    def targets(self) -> Path:
        """Computed once, and mapped by every process and every resumed run."""
        return self.root / "targets"


@dataclass(frozen=True)
class PretrainingRun:
    """A finished pretraining.

    Parameters
    ----------
    folder
        Where everything lies.
    valid_loss
        The validation loss of the epoch that was kept.
    interrupted
        Whether Ctrl-C ended it early; the encoder is then the best so far.
    notes
        What a user should know of the library.
    """

    folder: Path
    valid_loss: float
    interrupted: bool
    notes: list[str]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return asdict(self) | {"folder": str(self.folder)}

    @property
    def encoder(self) -> PretrainedEncoder:
        """The pretrained encoder, loaded from the folder."""
        return PretrainedEncoder.load(PretrainingFolder(self.folder).encoder)


def pretrain(
    library: str | Path | Sequence[str | Path] | pd.DataFrame,
    output: str | Path,
    config: PretrainingConfig | str | Path | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
    devices: int = 1,
    progress: bool = False,
    notify: Callable[[str], None] | None = None,
    **settings: Any,
) -> PretrainingRun:
    """Train an encoder on molecules without labels, for later trainings to start from.

    Parameters
    ----------
    library
        A file of molecules, several, a pattern, or a DataFrame: what `molgnn.screen` takes.
    output
        The run folder; ``molgnn.train(…, start_from=…)`` takes it.
    config
        Settings, or the ``config.json`` of another pretraining; the defaults by default.
    resume
        Go on with the pretraining that this folder holds.
    overwrite
        Begin anew where the folder holds a run already.
    devices
        How many GPUs, or where there are none processes, share the work.
    progress
        Show a bar of epochs.
    notify
        Called with each note on the library before anything is trained.
    **settings
        Fields of `PretrainingConfig`, which come before those of *config*.

    Raises
    ------
    FileProblem
        If the folder is taken, or cannot be written, or the library cannot be read.
    TableError, ConfigError
        If the library or the settings cannot be used, saying why.
    """
    config = PretrainingConfig.given(config, settings, pretrain)
    processes = Processes(devices)
    folder = PretrainingFolder(Path(output))
    if processes.is_first:
        folder.check_can_start(resume=resume, overwrite=overwrite)
    standardizer, featurizer = Standardizer(config.standardize), Featurizer(config.preset)
    build_molecule_encoder(config.network, featurizer.preset)  # refuses wrong settings
    source = read_library(library, config, standardizer, featurizer)
    with torch.random.fork_rng(), folder.file_problems():
        if processes.is_first:
            folder.start(config, _hash(source.smiles), resume=resume)
            if notify is not None:
                for note in source.notes:
                    notify(note)
        module = _prepare(config, source, featurizer, folder)
        title = "pretraining" if progress and processes.is_first else None
        place = folder.member(0)
        interrupted = fit(module, place, processes=processes, resume=resume, title=title)
        if processes.is_first:
            _finish(config, source, standardizer, featurizer, module, folder)
    return PretrainingRun(folder.root, _best_loss(place), interrupted, list(source.notes))


def _prepare(
    config: PretrainingConfig,
    source: PretrainingLibrary,
    featurizer: Featurizer,
    folder: PretrainingFolder,
) -> TrainingModule:
    """Split the library, compute the targets, and build the network and its objective."""
    split = _split(len(source.smiles), config)
    wanted = config.features if "descriptors" in config.objective else ()
    targets = compute_targets(source.smiles, wanted, split.train, folder.targets)
    torch.manual_seed(config.seed)
    network = build_molecule_encoder(config.network, featurizer.preset)
    objective = make_objective(config.objective, network, featurizer.preset, targets)
    examples = PretrainingExamples(source.molecules, targets.values)
    return TrainingModule(network, objective, examples, split, config.seed, config)


def _finish(
    config: PretrainingConfig,
    source: PretrainingLibrary,
    standardizer: Standardizer,
    featurizer: Featurizer,
    module: TrainingModule,
    folder: PretrainingFolder,
) -> None:
    """Write the encoder of the best epoch, and the learning curves."""
    place, network = folder.member(0), module.network
    assert isinstance(network, MoleculeEncoder)
    place.load_best(network)
    draw_curves(folder.histories(), folder.curves)
    encoder = PretrainedEncoder(
        standardizer=standardizer,
        preset=featurizer.preset,
        config=config.network,
        network=network.cpu().eval(),
        card=_card(config, source, _best_loss(place)),
    )
    encoder.save(folder.encoder)


def _split(n_mols: int, config: PretrainingConfig) -> Split:
    """Choose the validation molecules at random."""
    shuffled = np.random.default_rng(config.seed).permutation(n_mols)
    n_valid = min(config.valid, n_mols // 10)
    train, valid = np.sort(shuffled[n_valid:]), np.sort(shuffled[:n_valid])
    return Split(train, valid, np.empty(0, np.int64))


def _card(config: PretrainingConfig, source: PretrainingLibrary, valid_loss: float) -> Card:
    """Return what a user of the encoder should know."""
    learned = " and ".join(config.objective)
    if "descriptors" in config.objective:
        learned += f" ({', '.join(config.features)})"
    name = config.name or source.name
    return Card(
        name=f"{config.encoder}.{name}",
        summary="a pretrained encoder, which predicts nothing itself: molgnn train TABLE --from …",
        data=f"{len(source.smiles):,} molecules of {name}, without labels",
        leakage=Leakage(excluded=source.excluded),
        training=f"objective {learned}, seed {config.seed}, validation loss {valid_loss:.4g}",
    )


def _hash(smiles: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(smiles).encode("utf-8", "surrogateescape")).hexdigest()


def _best_loss(place: CheckpointFolder) -> float:
    epochs = read_history(place.history)
    return float(epochs[best_epoch_index(epochs)][LOSS])
