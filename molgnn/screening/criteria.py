"""What a selection asks of each row: its expressions, and the library's columns that they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

from molgnn.chem.records import Row
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.expression import Expression, parse_condition, parse_number
from molgnn.screening.operands import FROM_INPUT, LibraryOperand, Operand, find_operands
from molgnn.screening.selection import Selection
from molgnn.screening.table import OutputTable
from molgnn.screening.unread import UnreadCells


@dataclass(frozen=True)
class Criteria:
    """The expressions of a selection, read once for all outputs; made by `parse_criteria`.

    Parameters
    ----------
    where
        A condition of the rows that are written, if there is one.
    top, by, ascending
        How many rows are written, what ranks them, and whether the smallest come first.
    left_out
        Which of the columns that are left out of the output the expressions need. A row's cells
        of them stand behind those that are written.
    table
        The columns of the output, without the ranks of the best.
    notes
        Which names could mean another column.
    """

    where: Expression | None
    top: int | None
    by: Expression | None
    ascending: bool
    left_out: tuple[int, ...]
    table: OutputTable
    notes: tuple[str, ...]

    def find_unread(self, chunk: ScoredChunk) -> dict[str, UnreadCells]:
        """Return, by the names of columns, the cells that are not what is wanted of them."""
        found = [each.find_unread(chunk) for each in (self.where, self.by) if each is not None]
        return reduce(lambda one, other: {**one, **other}, found, {})

    def written(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Return the rows with the cells that are written alone."""
        if not self.left_out:
            return rows
        n_written = len(self.table.library)
        return tuple(replace(row, fields=row.fields[:n_written]) for row in rows)


def parse_criteria(selection: Selection, table: OutputTable) -> Criteria:
    """Read the expressions of a selection.

    Raises
    ------
    ConfigError
        If one of them cannot be read.
    """
    operands = find_operands(table)
    where = None if selection.where is None else parse_condition(selection.where, operands)
    by = None if selection.by is None else parse_number(selection.by, operands)
    expressions = [each for each in (where, by) if each is not None]
    used: dict[str, Operand] = {}
    for each in expressions:
        used.update(each.operands)
    n_kept = len(table.library)
    of_library = {name: each for name, each in used.items() if isinstance(each, LibraryOperand)}
    needed = sorted({each.place for each in of_library.values() if each.place >= n_kept})
    moved: dict[str, Operand] = {
        name: replace(each, place=n_kept + needed.index(each.place))
        for name, each in of_library.items()
        if each.place >= n_kept
    }
    return Criteria(
        where and where.with_operands(moved),
        selection.top,
        by and by.with_operands(moved),
        selection.ascending,
        tuple(place - n_kept for place in needed),
        table,
        tuple(_find_ambiguous(used, operands)),
    )


def _find_ambiguous(used: Mapping[str, Operand], operands: Mapping[str, Operand]) -> list[str]:
    """Say which names both the output and the library have, and how the other one is called."""
    return [
        f"{name!r} means the column that is added to the library; the library's own is "
        f"{name + FROM_INPUT!r}"
        for name, operand in used.items()
        if not isinstance(operand, LibraryOperand)
        and isinstance(operands.get(name + FROM_INPUT), LibraryOperand)
    ]
