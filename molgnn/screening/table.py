"""The schema of a screening's output: the library's columns, status, reason, predictions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from molgnn.chem.reading import Library, as_text
from molgnn.names import number_repeats, unique_name, unique_names
from molgnn.predictor.schema import OutputColumn, OutputColumns, Role
from molgnn.tasks import Tasks

PREDICTED = "_pred"
"""What stands behind a name that the library has, too."""

ABOUT = tuple(OutputColumn(name, Role.NOTE, dtype="text") for name in ("status", "reason"))
"""What the output says of each row before the predictions."""


@dataclass(frozen=True)
class OutputTable:
    """What columns a screening's output has.

    Parameters
    ----------
    library
        The columns of the library, and before them the ranks, if rows are ranked. A row's cells
        are in this order.
    tasks
        What the model predicts.
    added
        The columns that annotators add.
    id_index
        Which of the library's columns names a molecule, where one does.
    decimal
        What stands before the decimals of the library's numbers.
    left_out
        The library's columns that are not written, but that *where* and *by* can name.
    text_only
        Which of the library's columns, those left out behind the others, hold no numbers.
    """

    library: tuple[OutputColumn, ...]
    tasks: Tasks
    added: tuple[OutputColumn, ...] = ()
    id_index: int | None = None
    decimal: str = "."
    left_out: tuple[OutputColumn, ...] = ()
    text_only: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls, library: Library, tasks: Tasks, added: tuple[OutputColumn, ...] = ()
    ) -> OutputTable:
        """Return the output of a library."""
        named = zip([*library.columns, *library.left_out], library.types, strict=True)
        columns = tuple(OutputColumn(name, Role.INPUT, dtype=dtype) for name, dtype in named)
        n_kept = len(library.columns)
        return cls(
            columns[:n_kept],
            tasks,
            added,
            library.id_index,
            library.decimal,
            columns[n_kept:],
            library.text_only,
        )

    def with_ranks(self) -> OutputTable:
        """Return the same with a first column ``rank``."""
        name = unique_name("rank", [column.name for column in self.library], suffix=PREDICTED)
        rank = OutputColumn(name, Role.RANK, dtype="int64")
        index = None if self.id_index is None else self.id_index + 1
        return replace(self, library=(rank, *self.library), id_index=index)

    @cached_property
    def predicted(self) -> OutputColumns:
        """The columns of the predictions, as the model calls them."""
        return OutputColumns([*map(OutputColumn.of_task, self.tasks), *self.added])

    @cached_property
    def columns(self) -> tuple[OutputColumn, ...]:
        """All columns of the output; a predicted one that the library has already gets ``_pred``.

        The library's may have a name twice.
        """
        added = [*ABOUT, *self.predicted]
        taken = [column.name for column in self.library]
        names = unique_names([column.name for column in added], taken, suffix=PREDICTED)
        renamed = [replace(column, name=name) for column, name in zip(added, names, strict=True)]
        return (*self.library, *renamed)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, as they are written."""
        return tuple(column.name for column in self.columns)

    @property
    def distinct_names(self) -> list[str]:
        """The names as a reader can tell them apart, none of them empty."""
        return number_repeats(map(as_text, self.names))
