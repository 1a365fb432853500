"""One row of a prediction: its columns by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from molgnn.errors import unknown_name

MAX_SHOWN_CELLS = 4


@dataclass(frozen=True)
class PredictedRow(Mapping[str, Any]):
    """What is predicted of one molecule, as a mapping from the columns' names.

    Parameters
    ----------
    smiles
        As it was given.
    reason
        Why it was rejected, ``"kind: detail"``; empty where it was not.
    label
        Its position, or its label in the pandas Series that was given.
    cells
        The columns, each None where the row was rejected.
    """

    smiles: str
    reason: str
    label: Any
    cells: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether it was scored."""
        return not self.reason

    def __getitem__(self, column: str) -> Any:
        if column not in self.cells:
            raise unknown_name("column", str(column), self.cells)
        return self.cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def __repr__(self) -> str:
        if not self.ok:
            return f"PredictedRow({self.smiles!r}, rejected: {self.reason})"
        shown = [f"{name}={_show(cell)}" for name, cell in self.cells.items()]
        if len(shown) > MAX_SHOWN_CELLS:
            shown[MAX_SHOWN_CELLS:] = [f"… {len(shown) - MAX_SHOWN_CELLS} more"]
        return f"PredictedRow({self.smiles!r}, {', '.join(shown)})"


def _show(cell: Any) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else repr(cell)
