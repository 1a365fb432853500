"""Tables of molecules with labels, most of which were never measured."""

from __future__ import annotations

import math
import re
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from molgnn.chem.reading import Library, as_text, open_library
from molgnn.chem.records import Row
from molgnn.chem.splits import part_named
from molgnn.errors import TableError
from molgnn.tasks import Task, TaskKind, Tasks

if TYPE_CHECKING:
    import pandas as pd

GAPS = frozenset({"na", "nan", "n/a", "null", "none", "-", "?"})
"""Spellings of *not measured*, in lower case, beside the empty cell."""

_NAMES_ROWS = re.compile(
    r"|unnamed: \d+|index|idx|row|row_number|name|cas|fold|split|(.*[\s_.-])?(ids?|cid|sid)"
)
"""Headers, in lower case, of columns whose numbers name or sort the rows."""

_MAY_NAME_ROWS = re.compile(r"no\.?|nr\.?")
"""Headers of columns that do so unless they hold classes: nitric oxide, a nuclear receptor."""

NAMED = "by its header it names or sorts the rows"
MOSTLY = 0.9
"""From which share of numbers a column was meant to be one of labels."""

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class LabelledTable:
    """A table to train on, or to be judged by; made by `read_table`.

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
    path: Path | None = None
    index: pd.Index[Any] | None = None

    def __len__(self) -> int:
        return len(self.smiles)


def read_table(
    source: str | Path | pd.DataFrame,
    *,
    smiles_column: str | None = None,
    tasks: Sequence[str] | None = None,
    split_column: str | None = None,
) -> LabelledTable:
    """Read SMILES and labels from a .csv, .tsv, .parquet, .sdf, or a pandas DataFrame.

    Parameters
    ----------
    source
        A DataFrame, or a file, in any encoding and with any delimiter that a library may have
        (`open_library`); bytes that are no UTF-8 are read as Windows-1252.
    smiles_column
        Found by its name where not given.
    tasks
        The label columns; by default every column of numbers that is not an identifier by its
        name (``…_id``, ``index``, ``row``, ``cid``, ``name``, ``Unnamed: 0``…).
    split_column
        The column that says train, valid or test.

    Returns
    -------
    LabelledTable
        A task is a classification if its labels are all 0 or 1, and else a regression.

    Raises
    ------
    FileProblem
        If the file cannot be read.
    TableError
        If it has no rows or no such column; if a column asked for holds text, an infinite number
        or nothing at all; if one that was not asked for is spoilt by a tenth of its cells or less;
        if the split column says something else. The message names the line.
    """
    library = open_library(source, smiles_column)
    library = replace(library, columns=tuple(map(as_text, library.columns)))
    split_index = None if split_column is None else _index_of(split_column, library)
    ignored: dict[str, str] = {}
    if tasks is None:
        columns = _candidates(library, {library.smiles_index, split_index}, ignored)
    else:
        columns = [_LabelColumn(name, _index_of(name, library)) for name in tasks]
    smiles, lines, parts = _read(library, columns, split_index)
    if not smiles:
        raise TableError(f"{library.name}: expected rows but got only a header; fix: add molecules")
    found = _choose(library, columns, ignored, asked=tasks is not None)
    return LabelledTable(
        smiles=smiles,
        labels=np.stack([column.labels for column in found], axis=1),
        tasks=Tasks([Task(column.name, _kind_of(column.labels)) for column in found]),
        lines=lines,
        split_values=parts,
        ignored_columns=ignored,
        path=library.paths[0] if library.paths else None,
        index=library.index,
    )


class _LabelColumn:
    """The numbers of a column, as far as it holds numbers.

    Parameters
    ----------
    name, index
        Its header and its place.
    must_be_classes
        Whether other numbers than 0 and 1 are taken for those of the rows.
    """

    def __init__(self, name: str, index: int, *, must_be_classes: bool = False) -> None:
        self.name, self.index, self.problem = name, index, ""
        self._must_be_classes = must_be_classes
        self._cells = array("f")
        self.n_wrong = 0

    def read(self, row: Row) -> None:
        """Take up a row's cell, or of the first that is no number, where it stands."""
        cell = _as_text(row.fields[self.index]).strip()
        if not cell or cell.lower() in GAPS:
            self._cells.append(math.nan)
            return
        try:
            number = _as_number(cell)
        except ValueError:
            self._reject(f"line {row.line} holds {cell!r}")
            return
        if abs(number) <= _LARGEST:
            self._cells.append(number)
        else:
            self._reject(f"line {row.line} holds {cell!r}, which is not finite")

    def _reject(self, problem: str) -> None:
        self.problem = self.problem or problem
        self.n_wrong += 1

    @property
    def is_spoilt(self) -> bool:
        """Whether few cells only keep it from being a column of numbers."""
        n_numbers = int(np.isfinite(self.labels).sum())
        return 0 < self.n_wrong <= (1 - MOSTLY) * (n_numbers + self.n_wrong)

    @property
    def labels(self) -> Float[np.ndarray, " mols"]:
        """The numbers, NaN for gaps."""
        return np.frombuffer(self._cells, dtype=np.float32)

    def finish(self) -> None:
        """Note if nothing was measured, or if the numbers are those of the rows."""
        if self.problem:
            return
        if np.isnan(self.labels).all():
            self.problem = "nothing in it was measured"
        elif self._must_be_classes and _kind_of(self.labels) is not TaskKind.CLASSIFICATION:
            self.problem = NAMED


def _read(
    library: Library, columns: Sequence[_LabelColumn], split_index: int | None
) -> tuple[list[str], list[int], list[str]]:
    """Read the rows once, keeping of each only what is needed; return SMILES, lines and parts."""
    smiles: list[str] = []
    lines: list[int] = []
    parts: list[str] = []
    for row in map(_with_text, library):
        smiles.append(row.smiles)
        lines.append(row.line)
        for column in columns:
            column.read(row)
        if split_index is not None:
            parts.append(sys.intern(_read_part(library, row, split_index)))
    for column in columns:
        column.finish()
    return smiles, lines, parts


def _candidates(
    library: Library, known: set[int | None], ignored: dict[str, str]
) -> list[_LabelColumn]:
    """Return the columns that may be labels; put the reason for leaving one out into *ignored*."""
    candidates = []
    for index, name in enumerate(library.columns):
        if index in known:
            continue
        header = name.strip().lower()
        if _NAMES_ROWS.fullmatch(header):
            ignored[name] = NAMED
        elif library.columns.count(name) > 1:
            ignored[name] = "several columns have this name"
        else:
            may_name_rows = _MAY_NAME_ROWS.fullmatch(header) is not None
            candidates.append(_LabelColumn(name, index, must_be_classes=may_name_rows))
    return candidates


def _choose(
    library: Library, columns: Sequence[_LabelColumn], ignored: dict[str, str], *, asked: bool
) -> list[_LabelColumn]:
    """Return the columns of numbers; refuse those that were asked for and are none."""
    found = []
    for column in columns:
        if not column.problem:
            found.append(column)
        elif asked or column.is_spoilt:
            more = f" and {column.n_wrong - 1} more cells are wrong" if column.n_wrong > 1 else ""
            raise TableError(
                f"{library.name}: expected numbers in column {column.name!r} but {column.problem}"
                f"{more}; fix: correct the cell (one that was not measured is empty), or name the "
                "label columns, without this one"
            )
        else:
            ignored[column.name] = column.problem
    if not found:
        reasons = "; ".join(f"{name!r}: {reason}" for name, reason in ignored.items())
        raise TableError(
            f"{library.name}: expected a column of labels but got "
            f"{reasons or 'none beside the SMILES'}; fix: labels are plain numbers with a decimal "
            "point, classes 0 and 1; an empty cell was not measured"
        )
    return found


def _with_text(row: Row) -> Row:
    """Return the row without bytes in disguise: what is kept of it will be written as UTF-8."""
    if all(isinstance(cell, str) and cell.isascii() for cell in row.fields):
        return row
    return replace(row, smiles=as_text(row.smiles), fields=tuple(map(_as_text, row.fields)))


def _as_text(cell: Any) -> str:
    """Return a cell as text, a boolean as the class that it means."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, str):
        return as_text(cell)
    return "" if cell is None else str(cell)


def _as_number(cell: str) -> float:
    """Return the number; raise `ValueError` for ``1_0`` too, which is ten to Python alone."""
    if "_" in cell:
        raise ValueError(cell)
    return float(cell)


def _kind_of(labels: Float[np.ndarray, " mols"]) -> TaskKind:
    measured = labels[~np.isnan(labels)]
    is_binary = bool(np.isin(measured, (0, 1)).all())
    return TaskKind.CLASSIFICATION if is_binary else TaskKind.REGRESSION


def _read_part(library: Library, row: Row, index: int) -> str:
    """Return the split column's cell, which must name a part."""
    if part_named(row.fields[index]) is None:
        raise TableError(
            f"{library.name}: expected train, valid or test in column "
            f"{library.columns[index]!r} but got {row.fields[index]!r} in line {row.line}; "
            "fix: correct the cell"
        )
    return row.fields[index]


def _index_of(name: str, library: Library) -> int:
    if library.columns.count(name) > 1:
        raise TableError(
            f"{library.name}: expected one column {name!r} but several are called so; "
            "fix: rename all but one"
        )
    if name not in library.columns:
        columns = ", ".join(map(repr, library.columns))
        raise TableError(
            f"{library.name}: expected one column {name!r} but got {columns}; "
            "fix: name one of these"
        )
    return library.columns.index(name)
