"""The columns that *where* and *by* can name: the output's and the library's."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from molgnn.chem.reading import as_text
from molgnn.chem.reading.cell_types import TEXT, is_date_type, parse_cells, time_zone
from molgnn.names import number_repeats, unique_names
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.table import ABOUT, OutputTable
from molgnn.screening.unread import UnreadCells

FROM_INPUT = "_input"
"""What stands behind the name of a library's column where one of the output bears it."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?")


class Reading(StrEnum):
    """What an expression takes the cells of a column for."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Operand(ABC):
    """A column as an expression reads it from a chunk.

    Parameters
    ----------
    column
        With its dtype.
    place
        Which of the row's cells, or of the predictions' columns, it is.
    """

    column: OutputColumn
    place: int

    @property
    def readings(self) -> frozenset[Reading]:
        """What its cells can be taken for."""
        return frozenset([Reading.TEXT if self.column.dtype == TEXT else Reading.NUMBER])

    @property
    def is_boolean(self) -> bool:
        """Whether its cells are true or false."""
        return self.column.dtype == "bool"

    @abstractmethod
    def read(self, chunk: ScoredChunk, reading: Reading) -> np.ndarray:
        """Return its cells as one of `readings`.

        True is the number 1. NaN, None and NaT stand for cells that are no such thing.
        """

    def find_unread(self, chunk: ScoredChunk, reading: Reading) -> UnreadCells | None:
        """Count the cells that hold something else, if there are any."""
        return None


class PredictedOperand(Operand):
    """A prediction, or what an annotator adds."""

    def read(self, chunk: ScoredChunk, reading: Reading) -> np.ndarray:
        """Return the predictions' own cells."""
        cells = chunk.predictions.cells_at(self.place)
        if reading is Reading.TEXT:
            return cells
        return np.ma.filled(cells.astype(np.float64), np.nan)


class StatusOperand(Operand):
    """``status`` or ``reason``, which rejected rows have as well."""

    def read(self, chunk: ScoredChunk, reading: Reading) -> np.ndarray:
        """Return what is written into the output."""
        rejected = chunk.predictions.rejected
        ok, is_status = ("ok", True) if self.column.name == "status" else ("", False)
        cells = np.full(len(chunk.rows), ok, dtype=object)
        for place, why in rejected.items():
            cells[place] = "rejected" if is_status else why.reason
        return cells


@dataclass(frozen=True, slots=True)
class LibraryOperand(Operand):
    """A column of the library, whose cells are text, or were made text of what the type says.

    Parameters
    ----------
    decimal
        What stands before the decimals of numbers.
    is_text_only
        Whether its type says that it holds texts, which are no numbers.
    """

    decimal: str = "."
    is_text_only: bool = False

    @property
    def readings(self) -> frozenset[Reading]:
        """What its type allows; a text of a CSV may be anything."""
        dtype = self.column.dtype
        if dtype == "bool":
            return frozenset([Reading.NUMBER])
        if is_date_type(dtype):
            return frozenset([Reading.DATE])
        if dtype != TEXT:
            return frozenset([Reading.NUMBER, Reading.TEXT])
        texts = frozenset([Reading.TEXT, Reading.DATE])
        return texts if self.is_text_only else texts | {Reading.NUMBER}

    def read(self, chunk: ScoredChunk, reading: Reading) -> np.ndarray:
        """Return the cells of the rows."""
        cells = self._cells(chunk)
        if reading is Reading.TEXT:
            return np.array([*map(as_text, cells)], dtype=object)
        if reading is Reading.DATE:
            return self._dates(cells)
        if self.decimal != ".":
            cells = [cell.replace(self.decimal, ".") for cell in cells]
        as_number = _as_boolean if self.is_boolean else _as_number
        return np.array([*map(as_number, cells)], dtype=np.float64)

    def find_unread(self, chunk: ScoredChunk, reading: Reading) -> UnreadCells | None:
        """Count the texts that are no such thing; a gap, such as ``NA``, is none."""
        from molgnn.chem.tables.numbers import is_gap

        if self.column.dtype != TEXT or reading is Reading.TEXT:
            return None
        cells, values = self._cells(chunk), self.read(chunk, reading)
        is_unknown = np.isnat if reading is Reading.DATE else np.isnan
        unread = [
            place
            for place in np.flatnonzero(is_unknown(values)).tolist()
            if not is_gap(cells[place].strip())
        ]
        if not unread:
            return None
        first = unread[0]
        return UnreadCells(reading, len(unread), chunk.rows[first].line, as_text(cells[first]))

    def _cells(self, chunk: ScoredChunk) -> list[str]:
        return [row.fields[self.place] for row in chunk.rows]

    def _dates(self, cells: Sequence[str]) -> np.ndarray:
        """Return moments; those that have a time zone, in UTC."""
        if self.column.dtype == TEXT:
            return np.array([*map(_as_date, cells)], dtype="datetime64[us]")
        return np.asarray(parse_cells(cells, self.column.dtype).to_numpy(zero_copy_only=False))


def find_operands(table: OutputTable) -> dict[str, Operand]:
    """Return all columns by the names that an expression may use.

    A column of the output is known by the model's name for it and by the one that is written. A
    column of the library, be it written or not, is known by its own name; where one of the output
    bears that, with ``_input`` behind it.
    """
    written = table.columns[len(table.library) :]
    n_about = len(written) - len(table.predicted)
    about = {column.name: StatusOperand(column, 0) for column in ABOUT}
    about |= {
        column.name: StatusOperand(known, 0) for column, known in zip(written, ABOUT, strict=False)
    }
    predicted = {
        name: PredictedOperand(column, place)
        for names in ([column.name for column in written[n_about:]], table.predicted.names)
        for place, (name, column) in enumerate(zip(names, table.predicted, strict=True))
    }
    of_output = predicted | {name: each for name, each in about.items() if name not in predicted}
    of_library = [*table.library, *table.left_out]
    own = number_repeats(as_text(column.name) for column in of_library)
    names = unique_names(own, of_output, suffix=FROM_INPUT)
    return of_output | {
        name: LibraryOperand(column, place, table.decimal, place in table.text_only)
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


def parse_date(text: str, beside: Sequence[Operand]) -> np.datetime64 | None:
    """Return the moment that an ISO date with or without a time means, None if *text* is none.

    It is of the time zone of the columns *beside* it, if they have one, and returned in UTC.
    """
    date = _as_date(text)
    zones = {zone for operand in beside if (zone := time_zone(operand.column.dtype))}
    if np.isnat(date) or not zones:
        return None if np.isnat(date) else date
    import pandas as pd

    moment = pd.Timestamp(text, tz=min(zones))
    return moment.tz_convert("UTC").tz_localize(None).to_datetime64()


def _as_date(text: str) -> np.datetime64:
    try:
        return np.datetime64(text.strip() if _TIME.fullmatch(text.strip()) else "NaT")
    except ValueError:  # a thirteenth month
        return np.datetime64("NaT")


def _as_number(cell: str) -> float:
    try:
        return float(cell) if "_" not in cell else math.nan
    except ValueError:
        return math.nan


def _as_boolean(cell: str) -> float:
    return {"True": 1.0, "False": 0.0}.get(cell, math.nan)
