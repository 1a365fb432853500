"""From a labelled table to a run folder that holds a model and the evidence for it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from molgnn.assess.calibration import Calibration
from molgnn.assess.metrics import Evaluation, assess
from molgnn.chem.splits import Split, make_split, split_by_column
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import ConfigError
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.network import build_network
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.predictor import Predictor, run_network
from molgnn.training.config import TrainingConfig
from molgnn.training.curves import draw_curves
from molgnn.training.data import TrainingData, prepare
from molgnn.training.evidence import note_table, write_card
from molgnn.training.fit import fit
from molgnn.training.folder import RunFolder
from molgnn.training.module import fit_target_scale


@dataclass(frozen=True)
class Run:
    """A finished training.

    Parameters
    ----------
    folder
        Where everything lies.
    evaluations
        Part (``"valid"``, ``"test"``) to the figures of the calibrated model on it.
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
        picture = b64encode((self.folder / "curves.png").read_bytes()).decode()
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
    progress
        Show a bar of epochs.
    **settings
        Fields of `TrainingConfig`.

    Raises
    ------
    FileProblem
        If the folder is taken, or cannot be written.
    TableError, ConfigError
        If the table or the settings cannot be used, saying which row or which setting.
    """
    config = _as_config(config, settings)
    folder = RunFolder(Path(output))
    if overwrite:
        folder.check_clearable()
    elif not resume:
        folder.check_free()
    table = _as_table(table, config)
    standardizer, featurizer = Standardizer(config.standardize), Featurizer(config.preset)
    with torch.random.fork_rng(), folder.reporting():
        torch.manual_seed(config.seed)
        network = build_network(config.network, featurizer.preset, table.tasks)
        data = prepare(table, standardizer, featurizer)
        split = _split(data, table, config)
        fit_target_scale(network, data, split)
        if resume:
            folder.check_same(config, table)
        else:
            folder.clear()
            folder.create(config, table)
        folder.write_split(data, split)
        interrupted = fit(network, data, split, config, folder, resume=resume, progress=progress)
        folder.restore_best(network)
        draw_curves(folder.history, folder.root / "curves.png")

        cpu = torch.device("cpu")
        outputs = run_network(network.cpu().eval(), data.molecules, cpu, config.batch_size)
        calibration = Calibration.fit(data.tasks, outputs[split.valid], data.labels[split.valid])
        values = calibration(data.tasks, outputs)
        evaluations = _evaluate_parts(data, split, values)
        folder.write_evaluations(evaluations)
        folder.write_predictions(data, split, values)
        Bundle(
            tasks=data.tasks,
            standardizer=standardizer,
            preset=featurizer.preset,
            config=config.network,
            networks=(network,),
            calibration=calibration,
            card=write_card(table, data, config, evaluations["test"]),
        ).save(folder.model)
    return Run(folder.root, evaluations, interrupted, note_table(table, data, split))


def _as_config(config: TrainingConfig | None, settings: dict[str, Any]) -> TrainingConfig:
    if config and settings:
        names = ", ".join(settings)
        raise ConfigError(f"expected a config or single settings but got both: {names}")
    return config or TrainingConfig.build(**settings)


def _as_table(table: str | Path | LabelledTable, config: TrainingConfig) -> LabelledTable:
    if not isinstance(table, LabelledTable):
        return read_table(
            table,
            smiles_column=config.smiles_column,
            tasks=config.tasks,
            split_column=config.split_column,
        )
    unused = [name for name in ("tasks", "smiles_column") if getattr(config, name) is not None]
    if config.split_column is not None and not table.split_values:
        unused.append("split")
    if unused:
        raise ConfigError(
            f"expected {', '.join(unused)} to be given to read_table, as the table is read already"
        )
    return table


def _split(data: TrainingData, table: LabelledTable, config: TrainingConfig) -> Split:
    """Split the table as it was given, so that published splits come out as published."""
    if config.split_column is not None:
        split = split_by_column(table.split_values, table.smiles)
    else:
        split = make_split(config.split, table.smiles, fractions=config.fractions, seed=config.seed)
    return split.among(data.rows)


def _evaluate_parts(
    data: TrainingData, split: Split, values: Float[np.ndarray, "mols tasks"]
) -> dict[str, Evaluation]:
    return {
        part: assess(data.tasks, data.labels[mols], values[mols])
        for part, mols in (("valid", split.valid), ("test", split.test))
    }
