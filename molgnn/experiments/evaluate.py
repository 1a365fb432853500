"""Evaluate a trained model on a table of labels, without the molecules that it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float

from molgnn.assess.metrics import Evaluation, assess
from molgnn.chem.reading import as_text, open_library
from molgnn.chem.tables import LabelledTable, read_table
from molgnn.chem.tables.options import as_words
from molgnn.errors import ConfigError, TableError
from molgnn.fitting.config import READING_FIELDS
from molgnn.fitting.config_checks import check_keywords
from molgnn.predictor.predictor import Predictor
from molgnn.tasks import Tasks
from molgnn.zoo.store import load

if TYPE_CHECKING:
    import pandas as pd


def evaluate(
    model: str | Path | Predictor,
    table: str | Path | pd.DataFrame | LabelledTable,
    *,
    tasks: Sequence[str] | None = None,
    include_training_rows: bool = False,
    device: str = "auto",
    **reading: Any,
) -> Evaluation:
    """Compare a model's predictions with the labels of a table.

    Parameters
    ----------
    model
        What `molgnn.load` takes, or a loaded model.
    table
        A file, a DataFrame, or what `read_table` made of one; the tasks are found by their names.
    tasks
        Which of the model's tasks; by default all that the table has a column for.
    include_training_rows
        Count rows whose molecule the model was trained on, too. Stereoisomers and salts of such a
        molecule are taken for it.
    device
        Where the model runs, unless it is loaded already.
    **reading
        Further parameters of `read_table`: ``smiles_column``, ``positive``, ``negative``…, also
        ``one_vs_rest``, whose columns are tasks of the model class by class.

    Returns
    -------
    Evaluation
        ``training_rows`` says how many rows the model was trained on; None where its bundle, made
        by molgnn 0.1, does not say.

    Raises
    ------
    TableError
        If the table has a column for none of the tasks, or one that does not hold labels of its
        task's kind; if the model was trained on every molecule of it.
    ConfigError
        If *reading* is given for a table that is read already, or `read_table` knows nothing of it.
    """
    check_keywords(reading, evaluate, READING_FIELDS)
    predictor = model if isinstance(model, Predictor) else load(model, device=device)
    for name in tasks or ():
        predictor.tasks.index_of(name)
    table, wanted = _read(predictor, table, tasks, reading)
    columns = [predictor.tasks.index_of(name) for name in wanted]
    chosen = Tasks([predictor.tasks[i] for i in columns])
    labels = np.stack([_labels_of(table, name) for name in wanted], axis=1)
    _check_kinds(table, chosen, labels)
    is_known = predictor.bundle.trained_on(table.smiles)
    if is_known is not None and not include_training_rows:
        labels[is_known] = np.nan
        _check_remaining(labels, is_known)
    predictions = predictor.predict(table.smiles)
    return replace(
        assess(chosen, labels, predictions.values[:, columns]),
        rejected=predictions.count_rejected(),
        absent=() if tasks else tuple(n for n in predictor.tasks.names if n not in wanted),
        training_rows=None if is_known is None else int(is_known.sum()),
        includes_training_rows=include_training_rows,
        notes=table.notes,
    )


def _read(
    predictor: Predictor,
    table: str | Path | pd.DataFrame | LabelledTable,
    tasks: Sequence[str] | None,
    reading: dict[str, Any],
) -> tuple[LabelledTable, Sequence[str]]:
    """Return the table, and the tasks that it has labels of."""
    if isinstance(table, LabelledTable):
        if reading:
            raise ConfigError(
                f"expected {', '.join(reading)} to be given to read_table, as the table is read "
                "already"
            )
        return table, tasks or _choose(
            predictor.tasks, [*table.tasks.names, *table.ignored_columns]
        )
    library = open_library(table, reading.get("smiles_column"))
    columns = [as_text(column) for column in library.columns]
    if not as_words(reading.get("one_vs_rest")):
        wanted = tasks or _choose(predictor.tasks, columns)
        return read_table(table, tasks=wanted, **reading), wanted
    # Which tasks its classes make is known only once the table is read.
    candidates = tasks or predictor.tasks.names
    read = read_table(table, tasks=[name for name in candidates if name in columns], **reading)
    return read, tasks or _choose(predictor.tasks, read.tasks.names)


def _choose(tasks: Tasks, columns: Sequence[str]) -> list[str]:
    """Return the tasks that have a column."""
    if chosen := [name for name in tasks.names if name in columns]:
        return chosen
    raise _no_labels(tasks.names, columns)


def _no_labels(tasks: Sequence[str], columns: Sequence[str]) -> TableError:
    return TableError(
        f"expected labels of {', '.join(tasks)} but the table has {', '.join(columns)}; "
        "fix: rename its columns to the model's tasks, or name those that hold several classes "
        "(one_vs_rest=…)"
    )


def _labels_of(table: LabelledTable, task: str) -> Float[np.ndarray, " mols"]:
    if why := table.ignored_columns.get(task):
        raise TableError(
            f"expected labels in column {task!r} but it was not read: {why}; fix: correct the "
            "table, or name the tasks to look at"
        )
    if task not in table.tasks.names:
        raise _no_labels([task], table.tasks.names)
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
                f"{labels[row, i]:g} in {table.place_of(row)}; fix: positive=… and "
                "negative=… say which values are the classes"
            )


def _check_remaining(
    labels: Float[np.ndarray, "mols tasks"], is_known: Bool[np.ndarray, " mols"]
) -> None:
    """Make sure that some label is left without the molecules that were trained on."""
    if is_known.any() and np.isnan(labels).all():
        raise TableError(
            "expected labels of molecules that the model was not trained on but it was trained on "
            f"{is_known.sum()} of {len(is_known)} rows, which leaves no label; fix: add other "
            "molecules, or give include_training_rows=…"
        )
