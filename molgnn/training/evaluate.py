"""How good a trained model is on a table of labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from molgnn.assess.metrics import Evaluation, assess
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

    Raises
    ------
    TableError
        If the table has a column for none of the tasks.
    """
    predictor = model if isinstance(model, Predictor) else load(model)
    if not isinstance(table, LabelledTable):
        table = read_table(table, smiles_column=smiles_column, tasks=tasks)
    wanted = list(tasks) if tasks else [n for n in predictor.tasks.names if n in table.tasks.names]
    if not wanted:
        raise TableError(
            f"expected labels of {', '.join(predictor.tasks.names)} but the table has "
            f"{', '.join(table.tasks.names)}; fix: rename its columns to the model's tasks"
        )
    columns = [predictor.tasks.index_of(name) for name in wanted]
    labels = table.labels[:, [table.tasks.index_of(name) for name in wanted]]
    values = predictor.predict(table.smiles).values[:, columns]
    return assess(Tasks([predictor.tasks[i] for i in columns]), labels, values)
