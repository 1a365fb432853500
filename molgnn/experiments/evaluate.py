"""Evaluate a trained model on a table of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from molgnn.assess.metrics import Evaluation, assess
from molgnn.chem.reading import as_text, open_library
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import TableError
from molgnn.predictor.predictor import Predictor
from molgnn.tasks import Tasks
from molgnn.zoo.store import load


def evaluate(
    model: str | Path | Predictor,
    table: str | Path | LabelledTable,
    *,
    smiles_column: str | None = None,
    tasks: Sequence[str] | None = None,
    device: str = "auto",
) -> Evaluation:
    """Compare a model's predictions with the labels of a table.

    Parameters
    ----------
    model
        What `molgnn.load` takes, or a loaded model.
    table
        A file, or what `read_table` made of one; the tasks are found by their names.
    smiles_column
        Found by name where not given.
    tasks
        Which of the model's tasks; by default all that the table has a column for.
    device
        Where the model runs, unless it is loaded already.

    Raises
    ------
    TableError
        If the table has a column for none of the tasks, or one that does not hold labels of its
        task's kind.
    """
    predictor = model if isinstance(model, Predictor) else load(model, device=device)
    for name in tasks or ():
        predictor.tasks.index_of(name)
    if not isinstance(table, LabelledTable):
        wanted = tasks or _choose(predictor.tasks, open_library(table, smiles_column).columns)
        table = read_table(table, smiles_column=smiles_column, tasks=wanted)
    else:
        wanted = tasks or _choose(predictor.tasks, [*table.tasks.names, *table.ignored_columns])
    columns = [predictor.tasks.index_of(name) for name in wanted]
    judged = Tasks([predictor.tasks[i] for i in columns])
    labels = np.stack([_labels_of(table, name) for name in wanted], axis=1)
    _check_kinds(table, judged, labels)
    predictions = predictor.predict(table.smiles)
    evaluation = assess(judged, labels, predictions.values[:, columns])
    absent = () if tasks else tuple(n for n in predictor.tasks.names if n not in wanted)
    return replace(evaluation, rejected=predictions.count_rejected(), absent=absent)


def _choose(tasks: Tasks, columns: Sequence[str]) -> list[str]:
    """Return the tasks that have a column."""
    titles = [as_text(column) for column in columns]
    if chosen := [name for name in tasks.names if name in titles]:
        return chosen
    raise TableError(
        f"expected labels of {', '.join(tasks.names)} but the table has {', '.join(titles)}; "
        "fix: rename its columns to the model's tasks"
    )


def _labels_of(table: LabelledTable, task: str) -> Float[np.ndarray, " mols"]:
    if why := table.ignored_columns.get(task):
        raise TableError(
            f"expected labels in column {task!r} but it was not read: {why}; fix: correct the "
            "table, or name the tasks to look at"
        )
    return table.labels[:, table.tasks.index_of(task)]


def _check_kinds(
    table: LabelledTable, tasks: Tasks, labels: Float[np.ndarray, "mols tasks"]
) -> None:
    """Make sure that classifications are labelled 0 or 1."""
    for i, task in enumerate(tasks):
        is_wrong = ~np.isnan(labels[:, i]) & ~np.isin(labels[:, i], (0, 1))
        if task.is_classification and is_wrong.any():
            row = int(is_wrong.argmax())
            raise TableError(
                f"expected 0 or 1 in column {task.name!r}, which the model classifies, but got "
                f"{labels[row, i]:g} in line {table.lines[row]}; fix: turn values into classes"
            )
