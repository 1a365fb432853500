"""Train a model on a labelled table: folds, networks, test metrics, bundle, report."""

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
from molgnn.experiments.folds import make_folds, members_of
from molgnn.experiments.held_out import predict_held_out
from molgnn.experiments.inputs import as_config, labelled_table
from molgnn.experiments.learning_curves import draw_curves
from molgnn.experiments.members import train_members
from molgnn.experiments.model_card import make_card
from molgnn.experiments.report_data import collect_report
from molgnn.experiments.run_folder import RunFolder
from molgnn.experiments.table_checks import check_table, print_checks
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import featurize_table
from molgnn.fitting.distributed import Processes
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.losses import MultiTaskLoss
from molgnn.nn.network import build_network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.predictor import Predictor
from molgnn.report.page import write_report


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

    def __repr__(self) -> str:
        means = ""
        if test := self.evaluations.get("test"):
            names = dict.fromkeys(name for each in test.tasks for name in each.values)
            known = [name for name in names if test.mean(name)[1]]
            means = "".join(f", {name} {test.describe_mean(name)}" for name in known)
        return f"<Run {self.folder}{', interrupted' if self.interrupted else ''}{means}>"

    def to_json(self) -> dict[str, Any]:
        """Return folder, metrics by part, and notes as plain data."""
        return {
            "folder": str(self.folder),
            "interrupted": self.interrupted,
            "evaluations": {part: each.to_json() for part, each in self.evaluations.items()},
            "notes": self.notes,
        }

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
    config: TrainingConfig | str | Path | None = None,
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
        Settings, or the ``config.json`` of another run; the defaults by default.
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
        Print the label counts and the notes on the table, and show a bar of epochs.
    **settings
        Fields of `TrainingConfig`, which come before those of *config*: ``encoder="gcn"``,
        ``hidden_dim=128``… `TrainingConfig.describe` lists them.

    Raises
    ------
    FileProblem
        If the folder is taken, or cannot be written.
    TableError, ConfigError
        If the table or the settings cannot be used, saying which row or which setting.
    """
    config, processes = as_config(config, settings), Processes(devices)
    folder = RunFolder(Path(output))
    if processes.is_first:
        folder.check_can_start(resume=resume, overwrite=overwrite)
    table = labelled_table(table, config)
    standardizer, featurizer = Standardizer(config.standardize), Featurizer(config.preset)
    with torch.random.fork_rng(), folder.file_problems():
        build_network(config.network, featurizer.preset, table.tasks)
        MultiTaskLoss(table.tasks, config)  # both refuse wrong settings
        data = featurize_table(table, standardizer, featurizer)
        folds = make_folds(data, table, config)
        splits = [fold.split for fold in folds]
        if processes.is_first:
            folder.start(config, table, resume=resume)
            folder.write_splits(data, splits)
        notes = check_table(table, data, splits)
        if progress and processes.is_first:
            print_checks(data, splits, notes)
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
        held_out = predict_held_out(data, trained)
        folder.write_evaluations(held_out.evaluations)
        folder.write_predictions(data, held_out.splits, held_out.values)
        card = make_card(table, data, config, held_out.evaluations["test"])
        Bundle(
            tasks=data.tasks,
            standardizer=standardizer,
            preset=featurizer.preset,
            config=config.network,
            networks=tuple(trained.networks),
            calibration=held_out.calibration,
            card=card,
        ).save(folder.model)
        if report and not trained.interrupted:
            content = collect_report(table, data, held_out, card, notes, config.seed)
            write_report(folder.root, content, folder.curves)
    return Run(folder.root, held_out.evaluations, trained.interrupted, notes)
