"""From a labelled table to a run folder that holds a model and the evidence for it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import torch

from molgnn.assess.metrics import Evaluation
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable
from molgnn.errors import ConfigError
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.encoders import import_encoder
from molgnn.nn.losses import MultiTaskLoss
from molgnn.nn.network import build_network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.predictor import Predictor
from molgnn.report.page import write_report
from molgnn.training.account import account_for
from molgnn.training.config import TrainingConfig
from molgnn.training.curves import draw_curves
from molgnn.training.data import as_table, prepare
from molgnn.training.evidence import announce, note_table, write_card
from molgnn.training.folder import RunFolder
from molgnn.training.judge import judge
from molgnn.training.members import train_members
from molgnn.training.parallel import Processes
from molgnn.training.plan import make_folds, members_of


@dataclass(frozen=True)
class Run:
    """A finished training.

    Parameters
    ----------
    folder
        Where everything lies.
    evaluations
        Part (``"valid"``, ``"test"``) to the figures of the calibrated model on it; of several
        folds, their average. Empty in the processes beside the first that torchrun starts.
    interrupted
        Whether Ctrl-C ended it early; the model is then the best so far.
    notes
        What a user should know of the table: columns that were no tasks, rows that gave no
        molecule, parts that lack a class.
    """

    folder: Path
    evaluations: dict[str, Evaluation]
    interrupted: bool
    notes: list[str]

    @property
    def predictor(self) -> Predictor:
        """The trained model, loaded from the run folder."""
        return Predictor.load(RunFolder(self.folder).model)

    def _repr_html_(self) -> str:
        tables = "".join(
            f"<p><b>{part}</b></p>{evaluation._repr_html_()}"
            for part, evaluation in self.evaluations.items()
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        picture = b64encode(RunFolder(self.folder).curves.read_bytes()).decode()
        return (
            f"<p>trained in <code>{escape(str(self.folder))}</code>"
            f"{', interrupted' if self.interrupted else ''}</p><ul>{notes}</ul>{tables}"
            f"<img width='720' src='data:image/png;base64,{picture}'>"
        )


def train(
    table: str | Path | LabelledTable,
    output: str | Path,
    config: TrainingConfig | None = None,
    *,
    resume: bool = False,
    overwrite: bool = False,
    devices: int = 1,
    report: bool = True,
    progress: bool = False,
    **settings: Any,
) -> Run:
    """Train a model on a table whose labels may have gaps.

    Parameters
    ----------
    table
        A file of SMILES and labels, or what `read_table` made of one.
    output
        The run folder: settings, split, metrics, curves and the model, which can be given
        wherever a model is expected.
    config
        All settings at once; or give single ones by keyword.
    resume
        Go on with the training that this folder holds.
    overwrite
        Begin anew where the folder holds a run already.
    devices
        How many GPUs, or where there are none processes, share the work. Processes that torchrun
        has started share it anyway.
    report
        Write ``report.html`` and its pictures, beside a random forest on the same rows; not after
        an interruption.
    progress
        Print what there is to learn from, and show a bar of epochs.
    **settings
        Fields of `TrainingConfig`.

    Raises
    ------
    FileProblem
        If the folder is taken, or cannot be written.
    TableError, ConfigError
        If the table or the settings cannot be used, saying which row or which setting.
    """
    config, processes = _as_config(config, settings), Processes(devices)
    folder = RunFolder(Path(output))
    if processes.is_first:
        folder.check_startable(resume=resume, overwrite=overwrite)
    table = as_table(table, config)
    standardizer, featurizer = Standardizer(config.standardize), Featurizer(config.preset)
    with torch.random.fork_rng(), folder.reporting():
        import_encoder(config.network.encoder)
        build_network(config.network, featurizer.preset, table.tasks)
        MultiTaskLoss(table.tasks, config.loss)  # both refuse wrong settings
        data = prepare(table, standardizer, featurizer)
        folds = make_folds(data, table, config)
        splits = [fold.split for fold in folds]
        if processes.is_first:
            folder.start(config, table, resume=resume)
            folder.write_splits(data, splits)
        notes = note_table(table, data, splits)
        if progress and processes.is_first:
            announce(data, splits, notes)
        trained = train_members(
            members_of(folds),
            data,
            featurizer.preset,
            config,
            folder,
            processes=processes,
            resume=resume,
            progress=progress,
        )
        if not processes.is_first:
            return Run(folder.root, {}, trained.interrupted, notes)
        draw_curves(folder.histories(), folder.curves)
        judgement = judge(data, trained)
        folder.write_evaluations(judgement.evaluations)
        folder.write_predictions(data, judgement.splits, judgement.values)
        card = write_card(table, data, config, judgement.evaluations["test"])
        Bundle(
            tasks=data.tasks,
            standardizer=standardizer,
            preset=featurizer.preset,
            config=config.network,
            networks=tuple(trained.networks),
            calibration=judgement.calibration,
            card=card,
        ).save(folder.model)
        if report and not trained.interrupted:
            content = account_for(table, data, judgement, card, notes, config.seed)
            write_report(folder.root, content, folder.curves)
    return Run(folder.root, judgement.evaluations, trained.interrupted, notes)


def _as_config(config: TrainingConfig | None, settings: dict[str, Any]) -> TrainingConfig:
    if config and settings:
        names = ", ".join(settings)
        raise ConfigError(f"expected a config or single settings but got both: {names}")
    return config or TrainingConfig.build(**settings)
