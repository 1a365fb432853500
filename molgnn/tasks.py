"""What a model predicts: one `Task` per output column, held together in order by `Tasks`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, overload

from molgnn.errors import ConfigError, unknown_name


class TaskKind(StrEnum):
    """Classification tasks give probabilities, regression tasks give values in the task's unit."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True)
class Task:
    """One predicted property.

    Parameters
    ----------
    name
        The column's name, in tables as in predictions.
    kind
        Classification (labels 0 and 1) or regression.
    unit
        Of a regression value, such as ``"log10(mol/L)"``; empty for a classification.
    description
        What the value means, in a line.
    source
        Where the labels come from: assay, paper or data set.
    """

    name: str
    kind: TaskKind = TaskKind.CLASSIFICATION
    unit: str = ""
    description: str = ""
    source: str = ""

    @property
    def is_classification(self) -> bool:
        """Whether the task's output is a probability."""
        return self.kind is TaskKind.CLASSIFICATION


class Tasks(Sequence[Task]):
    """The ordered tasks of a table or a model; position *i* is column *i* of every output.

    Parameters
    ----------
    tasks
        At least one, each name once.

    Raises
    ------
    ConfigError
        If there is no task, or two share a name.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tuple(tasks)
        if not self._tasks:
            raise ConfigError("expected at least one task but got none; fix: name a label column")
        repeated = sorted({name for name in self.names if self.names.count(name) > 1})
        if repeated:
            raise ConfigError(f"expected each task once but got {', '.join(repeated)} again")

    @property
    def names(self) -> list[str]:
        """The names, in order."""
        return [task.name for task in self._tasks]

    def index_of(self, name: str) -> int:
        """Return the column of the task called *name*; raise `UnknownName` if there is none."""
        try:
            return self.names.index(name)
        except ValueError:
            raise unknown_name("task", name, self.names) from None

    def where(self, kind: TaskKind) -> list[int]:
        """Return the columns whose task is of *kind*."""
        return [i for i, task in enumerate(self._tasks) if task.kind is kind]

    def to_json(self) -> list[dict[str, str]]:
        """Return plain dictionaries, one per task."""
        return [asdict(task) for task in self._tasks]

    @classmethod
    def from_json(cls, records: Sequence[dict[str, Any]]) -> Tasks:
        """Rebuild what `to_json` gave."""
        return cls([Task(**{**record, "kind": TaskKind(record["kind"])}) for record in records])

    @overload
    def __getitem__(self, index: int) -> Task: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Task]: ...
    def __getitem__(self, index: int | slice) -> Task | Sequence[Task]:
        return self._tasks[index]

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self._tasks)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tasks) and self._tasks == other._tasks

    def __hash__(self) -> int:
        return hash(self._tasks)

    def __repr__(self) -> str:
        return f"Tasks({', '.join(self.names)})"
