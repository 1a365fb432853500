"""Which columns of a table are tasks, and why the others are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from molgnn.chem.reading.columns import list_columns
from molgnn.chem.tables.column import LabelColumn, kind_of
from molgnn.chem.tables.headers import IS_RELATION, find_relation, must_hold_classes, why_no_label
from molgnn.chem.tables.molecule_rows import MoleculeRows
from molgnn.chem.tables.one_vs_rest import ClassColumn
from molgnn.chem.tables.options import LabelOptions
from molgnn.errors import TableError
from molgnn.tasks import Task, TaskKind

Column = LabelColumn | ClassColumn


@dataclass(frozen=True)
class Columns:
    """The columns that may hold labels.

    Parameters
    ----------
    labels
        Those of numbers, or of words for two classes.
    classes
        Those of several classes.
    are_asked
        Whether the user has named *labels*, so that each has to be a task.
    options
        How their cells are read.
    ignored
        The other columns, and why; those that turn out to be none are added.
    """

    labels: list[LabelColumn]
    classes: list[ClassColumn]
    are_asked: bool
    options: LabelOptions
    ignored: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> list[Column]:
        """Every column that is to be read."""
        return [*self.labels, *self.classes]


@dataclass(frozen=True)
class Found:
    """The tasks of a table, with a column of labels each, and how they were read."""

    tasks: list[Task]
    labels: list[Float[np.ndarray, " mols"]]
    notes: list[str]


def make_columns(
    table: str,
    titles: Sequence[str],
    known: set[int | None],
    *,
    tasks: Sequence[str] | None,
    one_vs_rest: Sequence[str],
    options: LabelOptions,
) -> Columns:
    """Return the columns that may hold labels.

    Parameters
    ----------
    table
        Its name, for messages.
    titles
        The names of its columns.
    known
        Columns that are something else.
    tasks, one_vs_rest, options
        As the user has asked for.

    Raises
    ------
    TableError
        If a column that is asked for is not there, or several are called so.
    """
    classes = [ClassColumn(name, index_of(name, titles, table)) for name in one_vs_rest]

    def label_column(name: str, index: int, *, must_be_classes: bool = False) -> LabelColumn:
        relation = find_relation(name, titles)
        return LabelColumn(name, index, options, must_be_classes=must_be_classes, relation=relation)

    if tasks is not None:
        names = [name for name in tasks if name not in one_vs_rest]
        labels = [label_column(name, index_of(name, titles, table)) for name in names]
        return Columns(labels, classes, are_asked=True, options=options)
    columns = Columns([], classes, are_asked=False, options=options)
    relations = {find_relation(name, titles) for name in titles}
    for index, name in enumerate(titles):
        if index in known or name in one_vs_rest:
            continue
        why = IS_RELATION if index in relations else why_no_label(name)
        if why is None and titles.count(name) > 1:
            why = "several columns have this name"
        if why is not None:
            columns.ignored[name] = why
        else:
            must_be_classes = must_hold_classes(name)
            columns.labels.append(label_column(name, index, must_be_classes=must_be_classes))
    return columns


def choose(
    table: str, columns: Columns, molecules: MoleculeRows, place_of: Callable[[int], str]
) -> Found:
    """Return the tasks, of columns that have been read to their end.

    Raises
    ------
    TableError
        If a column that is asked for holds no labels, if few cells only spoil one that is not, or
        if there is no task at all.
    """
    found = Found([], [], [])
    for column in columns.labels:
        column.finish(molecules, place_of)
        if not column.problem:
            found.tasks.append(Task(column.name, kind_of(column.labels)))
            found.labels.append(column.labels)
            found.notes.extend(column.notes)
        elif columns.are_asked or column.is_meant or column.is_as_named:
            raise _spoilt(table, column, are_asked=columns.are_asked)
        else:
            fix = f"; {column.fix}" if column.fix else ""
            columns.ignored[column.name] = f"{column.problem}{fix}"
    named = [*columns.options.positive, *columns.options.negative]
    if named and not any(column.is_as_named for column in columns.labels):
        raise TableError(
            f"{table}: expected classes {', '.join(map(repr, named))} (positive=… or negative=…) "
            "but no column holds them; fix: write them as they stand in the table"
        )
    for classes in columns.classes:
        taken = [task.name for task in found.tasks]
        for name, labels in classes.tasks(molecules, taken).items():
            found.tasks.append(Task(name, TaskKind.CLASSIFICATION))
            found.labels.append(labels)
    if not found.tasks:
        raise _no_tasks(table, columns.ignored)
    return found


def index_of(name: str, titles: Sequence[str], table: str) -> int:
    """Return the place of the one column that is called *name*.

    Raises
    ------
    TableError
        If there is none, or more than one.
    """
    if titles.count(name) > 1:
        raise TableError(
            f"{table}: expected one column {name!r} but several are called so; "
            "fix: rename all but one"
        )
    if name not in titles:
        raise TableError(
            f"{table}: expected one column {name!r} but got {list_columns(titles)}; "
            "fix: name one of these"
        )
    return titles.index(name)


def _spoilt(table: str, column: LabelColumn, *, are_asked: bool) -> TableError:
    more = f" and {column.n_wrong - 1} more cells are wrong" if column.n_wrong > 1 else ""
    fix = column.fix or "correct the cell (one that was not measured is empty)"
    if not are_asked:
        fix += "; or name the label columns, without this one (tasks=…)"
    return TableError(
        f"{table}: expected numbers or two classes in column {column.name!r} but {column.problem}"
        f"{more}; fix: {fix}"
    )


def _no_tasks(table: str, ignored: dict[str, str]) -> TableError:
    reasons = "; ".join(f"{name!r}: {reason}" for name, reason in ignored.items())
    return TableError(
        f"{table}: expected a column of labels but got {reasons or 'none beside the SMILES'}; "
        "fix: labels are plain numbers, or two classes such as 0 and 1 or Active and Inactive; an "
        "empty cell was not measured"
    )
