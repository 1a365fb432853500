"""A labelled table: SMILES, labels with gaps, and the tasks that they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from molgnn.tasks import Tasks

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class LabelledTable:
    """A table to train or to evaluate a model on; made by `read_table`.

    Parameters
    ----------
    smiles
        One per row, those that give no molecule included: the rows stay where they are.
    labels
        NaN where nothing was measured.
    tasks
        What the columns of *labels* mean.
    lines
        The line of the file where each row begins, from 1; of a DataFrame the position, from 0.
    split_values
        The cells of the column that says each row's part; empty if none was named.
    ignored_columns
        The columns that were taken for no task, and why.
    notes
        How the table was read where it could have been read otherwise: which of two SMILES
        columns was taken, which word is the positive class, how many values were censored.
        A parameter is written ``name=…``; `molgnn.errors.with_options` makes an option of it.
    path
        The file that the table came from.
    index
        The labels of the rows of a DataFrame.
    """

    smiles: list[str]
    labels: Float[np.ndarray, "mols tasks"]
    tasks: Tasks
    lines: list[int]
    split_values: list[str] = field(default_factory=list)
    ignored_columns: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    path: Path | None = None
    index: pd.Index[Any] | None = None

    def __len__(self) -> int:
        return len(self.smiles)

    def place_of(self, row: int) -> str:
        """Return where a user finds a row: ``"line 7"`` of a file, ``"row 5"`` of a DataFrame."""
        return name_place(row, self.lines, self.index)

    def __repr__(self) -> str:
        return f"LabelledTable({self._describe()})"

    def _repr_html_(self) -> str:
        counts = "".join(
            f"<tr><td>{escape(task.name)}</td><td>{task.kind}</td>"
            f"<td style='text-align:right'>{int(np.isfinite(self.labels[:, i]).sum()):,}</td></tr>"
            for i, task in enumerate(self.tasks)
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        head = "<tr><th>task</th><th>kind</th><th>labels</th></tr>"
        return f"<p>{escape(self._describe())}</p><table>{head}{counts}</table><ul>{notes}</ul>"

    def _describe(self) -> str:
        names = self.tasks.names
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        where = f" of {self.path.name}" if self.path else ""
        return f"{len(self):,} rows{where}, tasks: {', '.join(names[:5])}{more}"


def name_place(row: int, lines: list[int], index: pd.Index[Any] | None) -> str:
    """Return where the row at this position stands, in the user's words."""
    if index is None:
        return f"line {lines[row]}"
    label = index[row]
    return f"row {label!r}" if isinstance(label, str) else f"row {label}"
