"""What a prediction returns: a table with a schema, one row per input row, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from jaxtyping import Float

from molgnn.chem.records import Rejected
from molgnn.errors import UnknownRow
from molgnn.predictor.columns import blank_cells, hide_rejected, nullable_series
from molgnn.predictor.row import PredictedRow
from molgnn.predictor.schema import OutputColumn, OutputColumns
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Predictions:
    """The outcome of every input row.

    ``p["NR-AR"]`` is a column, ``p[0]`` a row, ``p[2:5]`` some of the rows; iteration goes over
    rows. Engines pass chunks of a screening as this, too.

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
    added
        The columns that annotators have added, each with its cells: one per row, those of rejected
        rows without meaning where the dtype has no gap.
    """

    smiles: tuple[str, ...]
    tasks: Tasks
    values: Float[np.ndarray, "mols tasks"]
    rejected: dict[int, Rejected]
    index: Any = None
    added: Mapping[OutputColumn, np.ndarray] = field(default_factory=dict)

    @classmethod
    def blank(
        cls, smiles: Sequence[str], tasks: Tasks, added: Iterable[OutputColumn], why: Rejected
    ) -> Predictions:
        """Return rows that are all rejected for the same reason."""
        return cls(
            smiles=tuple(smiles),
            tasks=tasks,
            values=np.full((len(smiles), len(tasks)), np.nan, dtype=np.float32),
            rejected={row: replace(why, row=row, text=text) for row, text in enumerate(smiles)},
            added={column: blank_cells(column, len(smiles)) for column in added},
        )

    @classmethod
    def concatenate(cls, pieces: Sequence[Predictions]) -> Predictions:
        """Return the rows of one or more pieces of the same columns, one after the other."""
        first, starts = pieces[0], np.cumsum([0, *map(len, pieces)]).tolist()
        return cls(
            smiles=tuple(text for piece in pieces for text in piece.smiles),
            tasks=first.tasks,
            values=np.concatenate([piece.values for piece in pieces]),
            rejected={
                start + row: replace(why, row=start + row)
                for start, piece in zip(starts, pieces, strict=False)
                for row, why in piece.rejected.items()
            },
            added={
                column: np.concatenate([piece.added[column] for piece in pieces])
                for column in first.added
            },
        )

    def __len__(self) -> int:
        return len(self.smiles)

    @property
    def columns(self) -> OutputColumns:
        """The schema: a column per task, then those that annotators have added."""
        return OutputColumns([*map(OutputColumn.of_task, self.tasks), *self.added])

    @overload
    def __getitem__(self, key: str) -> np.ndarray: ...
    @overload
    def __getitem__(self, key: int) -> PredictedRow: ...
    @overload
    def __getitem__(self, key: slice | Sequence[int] | np.ndarray) -> Predictions: ...
    def __getitem__(self, key: Any) -> np.ndarray | PredictedRow | Predictions:
        """Return a column by its name, a row by its position, or some of the rows.

        Where a row was rejected, a number is NaN, a text None, and a whole number or a boolean is
        masked, as `numpy.ma` does it.

        Raises
        ------
        UnknownName
            If there is no such column.
        UnknownRow
            If there is no such row.
        """
        if isinstance(key, str):
            return self._column(key)
        if isinstance(key, slice):
            return self.take(range(len(self))[key])
        if isinstance(key, int | np.integer) and not isinstance(key, bool):
            return self._row(int(key))
        picked = np.asarray(key, dtype=None if len(key) else np.int64)
        return self.take(np.arange(len(self))[picked].tolist())

    def __iter__(self) -> Iterator[PredictedRow]:
        return (self._row(row) for row in range(len(self)))

    def take(self, rows: Sequence[int]) -> Predictions:
        """Return the rows at these positions, in this order."""
        places = list(rows)
        rejected = {
            place: replace(self.rejected[row], row=place)
            for place, row in enumerate(places)
            if row in self.rejected
        }
        return Predictions(
            smiles=tuple(self.smiles[row] for row in places),
            tasks=self.tasks,
            values=self.values[places],
            rejected=rejected,
            index=None if self.index is None else self.index[places],
            added={column: cells[places] for column, cells in self.added.items()},
        )

    @property
    def ok(self) -> np.ndarray:
        """Which rows were scored: booleans, one per row."""
        scored = np.ones(len(self), dtype=bool)
        scored[list(self.rejected)] = False
        return scored

    def to_frame(self) -> pd.DataFrame:
        """Return ``smiles``, ``status``, ``reason`` and all columns, on the input's index.

        Whole numbers and booleans have pandas' nullable types where rows were rejected.
        """
        import pandas as pd

        reasons = [""] * len(self)
        for row, rejected in self.rejected.items():
            reasons[row] = rejected.reason
        ok = self.ok
        status = np.where(ok, "ok", "rejected")
        head = pd.DataFrame(
            {"smiles": list(self.smiles), "status": status, "reason": reasons}, index=self.index
        )
        scores = pd.DataFrame(self.values, columns=self.tasks.names, index=self.index)
        further = {
            column.name: nullable_series(column, cells, ok, head.index)
            for column, cells in self.added.items()
        }
        return pd.concat([head, scores, pd.DataFrame(further, index=head.index)], axis=1)

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
        return f"Predictions({self.summary()}; columns: {', '.join(self.columns.names)})"

    def _repr_html_(self) -> str:
        from molgnn.predictor.html import show_predictions

        return show_predictions(self)

    def _column(self, name: str) -> np.ndarray:
        place = self.columns.index_of(name)
        if place < len(self.tasks):
            return self.values[:, place]
        return hide_rejected(list(self.added.values())[place - len(self.tasks)], self.ok)

    def _row(self, position: int) -> PredictedRow:
        row = position + len(self) if position < 0 else position
        if not 0 <= row < len(self):
            raise UnknownRow(
                f"expected a row from 0 to {len(self) - 1} but got {position}; fix: len() says how "
                "many there are"
                if self.smiles
                else f"expected a row but got {position} of predictions that have none"
            )
        why = self.rejected.get(row)
        cells = [*self.values[row].tolist(), *(cells[row] for cells in self.added.values())]
        return PredictedRow(
            smiles=self.smiles[row],
            reason="" if why is None else why.reason,
            label=row if self.index is None else self.index[row],
            cells={
                name: None if why is not None else getattr(cell, "item", lambda cell=cell: cell)()
                for name, cell in zip(self.columns.names, cells, strict=True)
            },
        )
