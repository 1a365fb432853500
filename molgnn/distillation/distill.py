"""Distil a model into one network: read, ask the teacher, fit, compare, write the student."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float, Float32

from molgnn.assess.calibration import Calibration
from molgnn.chem.tables import LabelledTable
from molgnn.distillation.agreement import compare
from molgnn.distillation.config import DistillationConfig
from molgnn.distillation.examples import DistillationExamples, collect_examples
from molgnn.errors import ConfigError
from molgnn.fitting.distributed import Processes
from molgnn.fitting.fit import fit
from molgnn.fitting.learning_curves import draw_curves
from molgnn.fitting.module import TrainingModule
from molgnn.fitting.objectives.distillation import Distillation
from molgnn.fitting.run_folder import COMMON_FILES, FittingFolder
from molgnn.fitting.transfer import StartingPoint
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.network import AnyNetwork, build_network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card
from molgnn.predictor.leakage import Leakage
from molgnn.predictor.members.network import NetworkMember
from molgnn.predictor.predictor import Predictor
from molgnn.zoo import load

if TYPE_CHECKING:
    import pandas as pd

MIN_SCALE = 1e-3
"""A task whose outputs differ by less has them learned as if they differed by that."""


@dataclass(frozen=True)
class DistillationFolder(FittingFolder):
    """The files of a distillation."""

    files: ClassVar[set[str]] = COMMON_FILES | {"model", "taught.npy", "agreement.csv"}
    inputs: ClassVar[str] = "the teacher, the library and the labels"

    @property
    def model(self) -> Path:
        """The student, usable wherever a model is expected."""
        return self.root / "model"

    @property
    def taught(self) -> Path:
        """The teacher's outputs, computed once."""
        return self.root / "taught.npy"

    @property
    def agreement(self) -> Path:
        """How near the student comes to the teacher, task by task."""
        return self.root / "agreement.csv"


@dataclass(frozen=True)
class DistillationRun:
    """A finished distillation.

    Parameters
    ----------
    folder
        Where everything lies.
    agreement
        Task → R² of the student's outputs against the teacher's, and the mean difference of its
        predictions, over molecules of the library that were not learned from.
    interrupted
        Whether Ctrl-C ended it early; the student is then the best so far.
    notes
        What a user should know of the library and the labels.
    """

    folder: Path
    agreement: dict[str, dict[str, float]]
    interrupted: bool
    notes: list[str]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return asdict(self) | {"folder": str(self.folder)}

    @property
    def predictor(self) -> Predictor:
        """The student, loaded from the folder."""
        return load(DistillationFolder(self.folder).model)


def distill(
    teacher: str | Path | Predictor,
    library: str | Path | Sequence[str | Path] | pd.DataFrame,
    output: str | Path,
    config: DistillationConfig | str | Path | None = None,
    *,
    labels: str | Path | pd.DataFrame | LabelledTable | None = None,
    resume: bool = False,
    overwrite: bool = False,
    progress: bool = False,
    notify: Callable[[str], None] | None = None,
    **settings: Any,
) -> DistillationRun:
    """Train one network to predict what a larger model does, for fast screening.

    Parameters
    ----------
    teacher
        A model, its name, or its folder.
    library
        Molecules without labels: what `molgnn.screen` takes.
    output
        The run folder, which can be given wherever a model is expected.
    config
        Settings, or the ``config.json`` of another distillation; the defaults by default.
    labels
        A table with columns of the teacher's tasks: its molecules are learned from besides, and
        their labels, too. Leave out what the student is to be tested on.
    resume
        Go on with the distillation that this folder holds.
    overwrite
        Begin anew where the folder holds a run already.
    progress
        Show a bar of epochs.
    notify
        Called with each note on the library before anything is trained.
    **settings
        Fields of `DistillationConfig`, which come before those of *config*.

    Raises
    ------
    UnknownName, BundleError
        If there is no such teacher, or starting point.
    FileProblem
        If the folder is taken, or cannot be written, or the library cannot be read.
    TableError, ConfigError
        If the library, the labels or the settings cannot be used, saying why.
    """
    config = DistillationConfig.given(config, settings, distill)
    folder = DistillationFolder(Path(output))
    folder.check_can_start(resume=resume, overwrite=overwrite)
    model = teacher if isinstance(teacher, Predictor) else load(teacher, device="cpu")
    config, start = _settings_with_start(config, model)
    featurizer = Featurizer(start.preset if start else config.preset)
    build_network(config.network, featurizer.preset, model.tasks)  # refuses wrong settings
    examples = collect_examples(model, library, labels, config, featurizer)
    with torch.random.fork_rng(), folder.file_problems():
        folder.start(config, _hash(model, examples), resume=resume)
        if notify is not None:
            for note in examples.notes:
                notify(note)
        examples = examples.taught_by(model, folder.taught)
        module = _prepare(config, examples, model, featurizer, start)
        title = "distilling" if progress else None
        place = folder.member(0)
        interrupted = fit(module, place, processes=Processes(1), resume=resume, title=title)
        network: AnyNetwork = module.network  # type: ignore[assignment]
        place.load_best(network)
        draw_curves(folder.histories(), folder.curves)
        agreement = compare(model.tasks, network, examples)
        agreement.to_csv(folder.agreement)
        _student(config, model, examples, network, featurizer).save(folder.model)
    table: dict[str, dict[str, float]] = agreement.to_dict("index")  # type: ignore[assignment]
    return DistillationRun(folder.root, table, interrupted, list(examples.notes))


def _settings_with_start(
    config: DistillationConfig, teacher: Predictor
) -> tuple[DistillationConfig, StartingPoint | None]:
    """Take over the teacher's clean-up, and what the starting point fixes."""
    if config.molecule_features:
        raise ConfigError(
            "expected a student that reads graphs alone, which is what makes it fast, but got "
            f"molecule_features=… {', '.join(config.molecule_features)}; fix: leave them out"
        )
    config = config.changed(standardize=teacher.standardizer.mode)
    if config.starts_from_scratch:
        return config, None
    start = StartingPoint.load(str(config.start_from))
    if start.standardizer.to_json() != teacher.standardizer.to_json():
        raise ConfigError(
            f"expected a starting point with the teacher's clean-up, {teacher.standardizer.mode}, "
            f"but {start.name} was trained with {start.standardizer.mode}; fix: start from scratch"
        )
    return start.settings_for(config), start


def _prepare(
    config: DistillationConfig,
    examples: DistillationExamples,
    teacher: Predictor,
    featurizer: Featurizer,
    start: StartingPoint | None,
) -> TrainingModule:
    """Build the student, which knows the scale of the teacher's outputs, and its objective."""
    torch.manual_seed(config.seed)
    network = build_network(config.network, featurizer.preset, teacher.tasks)
    if start is not None:
        start.initialize(network, 0)
    shift, scale = _scale_of(examples.taught[examples.split.train])
    network.head.shift.copy_(torch.from_numpy(shift))
    network.head.scale.copy_(torch.from_numpy(scale))
    objective = Distillation(teacher.tasks, torch.from_numpy(scale), config.label_weight)
    return TrainingModule(network, objective, examples, examples.split, config.seed, config)


def _scale_of(
    taught: Float32[np.ndarray, "mols tasks"],
) -> tuple[Float32[np.ndarray, " tasks"], Float32[np.ndarray, " tasks"]]:
    known = np.where(np.isfinite(taught), taught, np.nan).astype(np.float64)
    mean, deviation = np.nanmean(known, axis=0), np.nanstd(known, axis=0)
    return mean.astype(np.float32), np.maximum(deviation, MIN_SCALE).astype(np.float32)


def _student(
    config: DistillationConfig,
    teacher: Predictor,
    examples: DistillationExamples,
    network: AnyNetwork,
    featurizer: Featurizer,
) -> Bundle:
    card, name = teacher.card, config.name or teacher.card.name.partition(".")[2]
    return Bundle(
        tasks=teacher.tasks,
        standardizer=teacher.standardizer,
        preset=featurizer.preset,
        members=(NetworkMember(config.network, network.cpu()),),
        calibration=Calibration.identity(len(teacher.tasks)),
        card=Card(
            name=f"{config.encoder}.{name}",
            summary=card.summary,
            data=f"{len(examples.smiles):,} molecules, with the outputs of {card.name}",
            training=f"distilled from {card.name} ({card.training}), seed {config.seed}",
            leakage=Leakage(excluded=examples.excluded),
            limits=("It is no better than its teacher; see the teacher's limits.", *card.limits),
            licence=card.licence,
            citation=card.citation,
        ),
        training_keys=examples.training_keys(teacher),
    )


def _hash(teacher: Predictor, examples: DistillationExamples) -> str:
    """Return a hash of the teacher's predictions for a few molecules, all molecules and labels."""
    probe: Float[np.ndarray, "mols tasks"] = teacher.predict(examples.smiles[:16]).values
    text = "\n".join(examples.smiles).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text + examples.measured.tobytes() + probe.tobytes()).hexdigest()
