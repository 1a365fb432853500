"""What a prediction returns: one row per input row, in order, whatever the input held."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from molgnn.chem.records import Rejected
from molgnn.tasks import Task, Tasks

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 20
SHOWN_LETTERS = 40
LEFT = "text-align:left"


@dataclass(frozen=True, eq=False)
class Predictions:
    """The outcome of every input row.

    Parameters
    ----------
    smiles
        The rows as they were given.
    tasks
        The columns of ``values``.
    values
        Probabilities of classifications, values of regressions in the task's unit; a rejected
        row is NaN throughout.
    rejected
        Position of a row to why it was rejected.
    index
        The labels of a pandas Series that was given, else None.
    """

    smiles: tuple[str, ...]
    tasks: Tasks
    values: Float[np.ndarray, "mols tasks"]
    rejected: dict[int, Rejected]
    index: Any = None

    def __len__(self) -> int:
        return len(self.smiles)

    def __getitem__(self, task: str) -> Float[np.ndarray, " mols"]:
        """Return one task's column; raise `UnknownName` if there is no such task."""
        return self.values[:, self.tasks.index_of(task)]

    @property
    def ok(self) -> np.ndarray:
        """Which rows were scored: booleans, one per row."""
        scored = np.ones(len(self), dtype=bool)
        scored[list(self.rejected)] = False
        return scored

    def to_frame(self) -> pd.DataFrame:
        """Return ``smiles``, ``status``, ``reason`` and the tasks, on the input's index."""
        import pandas as pd

        reasons = [""] * len(self)
        for row, rejected in self.rejected.items():
            reasons[row] = rejected.reason
        status = np.where(self.ok, "ok", "rejected")
        head = pd.DataFrame(
            {"smiles": list(self.smiles), "status": status, "reason": reasons}, index=self.index
        )
        scores = pd.DataFrame(self.values, columns=self.tasks.names, index=self.index)
        return pd.concat([head, scores], axis=1)

    def count_rejected(self) -> dict[str, int]:
        """Return each kind of reason with the number of rows rejected for it, commonest first."""
        kinds = Counter(rejected.kind for rejected in self.rejected.values())
        return dict(kinds.most_common())

    def summary(self) -> str:
        """Return one line: how many rows were scored, and why the others were not."""
        why = ", ".join(f"{n} {kind}" for kind, n in self.count_rejected().items())
        scored = f"{len(self) - len(self.rejected)} of {len(self)} molecules scored"
        return f"{scored}; rejected: {why}" if why else scored

    def __repr__(self) -> str:
        return f"Predictions({self.summary()}; tasks: {', '.join(self.tasks.names)})"

    def _repr_html_(self) -> str:
        titles = "".join(
            f"<th title='{escape(task.description)}'>{escape(task.name)}</th>"
            for task in self.tasks
        )
        rows = "".join(self._html_row(row) for row in range(min(len(self), SHOWN_ROWS)))
        more = f"<p>… and {len(self) - SHOWN_ROWS} more rows</p>" if len(self) > SHOWN_ROWS else ""
        return (
            f"<p>{escape(self.summary())}</p>"
            f"<table><tr><th></th><th style='{LEFT}'>smiles</th>{titles}</tr>{rows}</table>{more}"
        )

    def _html_row(self, row: int) -> str:
        label = row if self.index is None else self.index[row]
        smiles = self.smiles[row]
        shown = smiles if len(smiles) <= SHOWN_LETTERS else f"{smiles[: SHOWN_LETTERS - 1]}…"
        if row in self.rejected:
            reason = f"<em>rejected: {escape(self.rejected[row].reason)}</em>"
            cells = f"<td style='{LEFT}' colspan='{len(self.tasks)}'>{reason}</td>"
        else:
            cells = "".join(map(_html_cell, self.tasks, self.values[row].tolist()))
        return (
            f"<tr><th style='{LEFT}'>{escape(str(label))}</th>"
            f"<td style='{LEFT}' title='{escape(smiles)}'><code>{escape(shown)}</code></td>"
            f"{cells}</tr>"
        )


def _html_cell(task: Task, value: float) -> str:
    """Show a value, over a probability's share of orange: what is behind shines through."""
    if not task.is_classification:
        return f"<td>{value:.4g}</td>"
    return f"<td style='background:rgba(230,85,13,{0.8 * value:.2f})'>{value:.3f}</td>"
