"""The columns that *where* and *by* can name: the predictions' and the library's."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from molgnn.chem.reading import as_text
from molgnn.names import number_repeats, unique_names
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.table import OutputTable

FROM_INPUT = "_input"
"""What stands behind the name of a library's column where a predicted one bears it."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A column as an expression reads it from a chunk.

    Parameters
    ----------
    column
        With its dtype.
    place
        Which of the row's cells, or of the predictions' columns, it is.
    decimal
        What stands before the decimals of a library's numbers.
    """

    column: OutputColumn
    place: int
    decimal: str = "."

    @property
    def is_from_library(self) -> bool:
        """Whether it was read and not predicted."""
        return self.column.role is Role.INPUT

    @property
    def is_number(self) -> bool:
        """Whether it can be calculated with: texts cannot, unless the library's happen to be."""
        return self.is_from_library or self.column.dtype != "text"

    @property
    def is_text(self) -> bool:
        """Whether it can be compared with a text."""
        return self.is_from_library or self.column.dtype == "text"

    def numbers(self, chunk: ScoredChunk) -> Float[np.ndarray, " mols"]:
        """Return its cells as numbers: true is 1, and NaN stands for what is none."""
        if self.is_from_library:
            read = _as_boolean if self.column.dtype == "bool" else _as_number
            cells = [row.fields[self.place] for row in chunk.rows]
            if self.decimal != ".":
                cells = [cell.replace(self.decimal, ".") for cell in cells]
            numbers = [read(cell) for cell in cells]
            return np.array(numbers, dtype=np.float64)
        predicted = chunk.predictions.cells_at(self.place)
        return np.ma.filled(predicted.astype(np.float64), np.nan)

    def texts(self, chunk: ScoredChunk) -> np.ndarray:
        """Return its cells as text, None where there is none."""
        if self.is_from_library:
            return np.array([as_text(row.fields[self.place]) for row in chunk.rows], dtype=object)
        return chunk.predictions.cells_at(self.place)


def find_operands(table: OutputTable) -> dict[str, Operand]:
    """Return all columns by the names that an expression may use.

    A predicted column is known by the model's name for it and by the output's. A column of the
    library is known by its own name; where a predicted one bears that, with ``_input`` behind it.
    """
    n_about = len(table.columns) - len(table.predicted)
    written = [column.name for column in table.columns[n_about:]]
    predicted = {
        name: Operand(column, place)
        for names in (written, table.predicted.names)
        for place, (name, column) in enumerate(zip(names, table.predicted, strict=True))
    }
    of_library = [column for column in table.library if column.role is Role.INPUT]
    own = number_repeats(as_text(column.name) for column in of_library)
    names = unique_names(own, predicted, suffix=FROM_INPUT)
    return predicted | {
        name: Operand(column, place, table.decimal)
        for place, (name, column) in enumerate(zip(names, of_library, strict=True))
    }


def tasks_of(operands: Mapping[str, Operand]) -> Sequence[str]:
    """Return the names of the tasks' own columns."""
    return [
        name
        for name, operand in operands.items()
        if operand.column.role in (Role.PROBABILITY, Role.VALUE)
        and operand.column.task == name == operand.column.name
    ]


def _as_number(cell: str) -> float:
    try:
        return float(cell) if "_" not in cell else math.nan
    except ValueError:
        return math.nan


def _as_boolean(cell: str) -> float:
    return {"True": 1.0, "False": 0.0}.get(cell, math.nan)
