"""The schema of a table of predictions: name, role, task, unit and dtype of each of its columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import overload

from molgnn.errors import ConfigError, unknown_name
from molgnn.tasks import Task

DTYPES = ("float32", "float64", "int64", "bool", "text")
"""What a predicted column can hold. A column of the library keeps the type that its file gives it,
by Arrow's name, such as ``"int32"`` or ``"timestamp[us, tz=UTC]"``."""


class Role(StrEnum):
    """What the cells of a column say."""

    VALUE = "value"
    """A predicted quantity, in the column's unit."""
    PROBABILITY = "probability"
    UNCERTAINTY = "uncertainty"
    """How far a prediction may be off, in the unit of what it belongs to."""
    INTERVAL_BOUND = "interval bound"
    LABEL = "label"
    """A predicted class."""
    DOMAIN = "domain"
    """Whether, or how far, a molecule is like what the model has learned from."""
    ALERT = "alert"
    """A structural alert, or their number."""
    PROPERTY = "property"
    """What is computed from the structure alone."""
    RANK = "rank"
    NOTE = "note"
    """A remark, such as why a row was rejected."""
    INPUT = "input"
    """What the library holds."""


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of a table of predictions.

    Parameters
    ----------
    name
        In the header, in expressions, and in Python.
    role
        What its cells say.
    task
        The name of the task that it belongs to, where it belongs to one.
    unit
        Of its numbers; empty where they have none.
    dtype
        One of `DTYPES`; an Arrow type for a column of the library.
    description
        What a cell means, in a line.
    """

    name: str
    role: Role
    task: str | None = None
    unit: str = ""
    dtype: str = "float32"
    description: str = ""

    @classmethod
    def of_task(cls, task: Task) -> OutputColumn:
        """Return the column of a task's predictions: probabilities, or values in its unit."""
        role = Role.PROBABILITY if task.is_classification else Role.VALUE
        return cls(task.name, role, task.name, task.unit, description=task.description)


class OutputColumns(Sequence[OutputColumn]):
    """The columns of a table of predictions, in order.

    Parameters
    ----------
    columns
        Each name once.

    Raises
    ------
    ConfigError
        If two columns have the same name.
    """

    def __init__(self, columns: Iterable[OutputColumn]) -> None:
        self._columns = tuple(columns)
        names = self.names
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigError(
                f"expected each output column once but got {', '.join(repeated)} again; fix: leave "
                "one out, or give it another name"
            )

    @property
    def names(self) -> list[str]:
        """The names, in order."""
        return [column.name for column in self._columns]

    def index_of(self, name: str) -> int:
        """Return the place of the column called *name*; raise `UnknownName` if there is none."""
        try:
            return self.names.index(name)
        except ValueError:
            raise unknown_name("column", name, self.names) from None

    def with_role(self, role: Role) -> OutputColumns:
        """Return the columns of one role."""
        return OutputColumns(column for column in self if column.role is role)

    def of_task(self, task: str) -> OutputColumns:
        """Return the columns that belong to the task called *task*."""
        return OutputColumns(column for column in self if column.task == task)

    @overload
    def __getitem__(self, key: int | str) -> OutputColumn: ...
    @overload
    def __getitem__(self, key: slice) -> OutputColumns: ...
    def __getitem__(self, key: int | str | slice) -> OutputColumn | OutputColumns:
        if isinstance(key, slice):
            return OutputColumns(self._columns[key])
        return self._columns[self.index_of(key) if isinstance(key, str) else key]

    def __len__(self) -> int:
        return len(self._columns)

    def __iter__(self) -> Iterator[OutputColumn]:
        return iter(self._columns)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OutputColumns) and self._columns == other._columns

    def __hash__(self) -> int:
        return hash(self._columns)

    def __repr__(self) -> str:
        return f"OutputColumns({', '.join(self.names)})"

    def _repr_html_(self) -> str:
        titles = "".join(f"<th>{title}</th>" for title in OutputColumn.__slots__)
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td style='text-align:left'>{escape(str(getattr(column, name) or ''))}</td>"
                for name in OutputColumn.__slots__
            )
            + "</tr>"
            for column in self
        )
        return f"<table><tr>{titles}</tr>{rows}</table>"
