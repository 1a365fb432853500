"""Read SMILES and labels from a file or a pandas DataFrame."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from molgnn.chem.parsing import why_rejected
from molgnn.chem.reading import Library, as_text, open_library
from molgnn.chem.splits import part_named
from molgnn.chem.tables.choose import Columns, choose, index_of, make_columns
from molgnn.chem.tables.labelled import LabelledTable, name_place
from molgnn.chem.tables.molecule_rows import MoleculeRows
from molgnn.chem.tables.options import as_words, make_options
from molgnn.errors import TableError
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    import pandas as pd


def read_table(
    source: str | Path | pd.DataFrame,
    *,
    smiles_column: str | None = None,
    tasks: Sequence[str] | None = None,
    split_column: str | None = None,
    positive: str | Sequence[str] | None = None,
    negative: str | Sequence[str] | None = None,
    one_vs_rest: str | Sequence[str] | None = None,
    decimal: str | None = None,
    censored: str | None = None,
) -> LabelledTable:
    """Read SMILES and labels from a file or a pandas DataFrame.

    Parameters
    ----------
    source
        A DataFrame, or a file of any kind that `open_library` reads, in any encoding and with any
        delimiter; bytes that are no UTF-8 are read as Windows-1252.
    smiles_column
        Found by its name where not given.
    tasks
        The label columns; by default every column of numbers or classes whose header does not say
        that it names the rows (``…_id``, ``index``, ``row``, ``cid``, ``name``…), is bookkeeping
        (``year``) or a computed property (``MW``, ``AlogP``, ``PSA``, ``HBD``…).
    split_column
        The column that says train, valid or test.
    positive, negative
        The words, or numbers such as ``"1"`` and ``"-1"``, that are the classes 1 and 0, in
        whatever case. Known anyway are true/false, yes/no, active/inactive, positive/negative,
        and a word with its negation (toxic/non-toxic). Any other word of such a column means that
        nothing was measured; `LabelledTable.notes` counts them.
    one_vs_rest
        Columns of several classes, of which each becomes a task: it against the others.
    decimal
        ``","`` or ``"."``. By default a point, and in a CSV with semicolons either.
    censored
        What is made of values such as ``>10``: ``"drop"`` takes them for not measured,
        ``"bound"`` for their bound. By default they are refused.

    Returns
    -------
    LabelledTable
        A task is a classification if its labels are all 0 or 1, and else a regression. What
        stands in rows without a molecule, such as units, has no part in that.

    Raises
    ------
    FileProblem
        If the file cannot be read.
    TableError
        If it has no rows or no such column; if a column asked for holds text, an infinite number
        or nothing at all; if one that was not asked for is spoilt by a tenth of its cells or less;
        if the split column says something else. The message names the line.
    ConfigError, UnknownName
        If there is no such *decimal* or *censored*, or a word is both *positive* and *negative*.
    """
    library = open_library(source, smiles_column)
    titles = list(map(as_text, library.columns))
    options = make_options(
        decimal=decimal,
        usual_decimal=library.decimal,
        positive=positive,
        negative=negative,
        censored=censored,
    )
    split_index = None if split_column is None else index_of(split_column, titles, library.name)
    columns = make_columns(
        library.name,
        titles,
        {library.smiles_index, split_index},
        tasks=tasks,
        one_vs_rest=as_words(one_vs_rest),
        options=options,
    )
    return _make_table(library, columns, _read(library, columns, split_index))


class _Rows(NamedTuple):
    """What is kept of the rows beside the cells of the label columns."""

    smiles: list[str]
    lines: list[int]
    parts: list[str]


def _read(library: Library, columns: Columns, split_index: int | None) -> _Rows:
    """Read the rows once."""
    smiles, lines, parts = rows = _Rows([], [], [])
    qualified = [(c, c.relation) for c in columns.labels if c.relation is not None]
    plain = [c for c in columns.all if c not in [column for column, _ in qualified]]
    reads = [(column.read, column.index) for column in plain]
    reads_aside = [(column.read_aside, column.index) for column in plain]
    for row in library:
        smiles.append(row.smiles if row.smiles.isascii() else as_text(row.smiles))
        lines.append(row.line)
        fields = row.fields
        for read, index in reads if row.smiles else reads_aside:
            read(fields[index])
        for column, relation in qualified:
            column.read_with_relation(fields[column.index], fields[relation])
        if split_index is not None:
            cell = fields[split_index]
            parts.append(sys.intern(as_text("" if cell is None else str(cell))))
            if part_named(parts[-1]) is None and why_rejected(smiles[-1]) is None:
                title = as_text(library.columns[split_index])
                place = name_place(len(lines) - 1, lines, library.index)
                raise TableError(
                    f"{library.name}: expected train, valid or test in column {title!r} but got "
                    f"{parts[-1]!r} in {place}; fix: correct the cell"
                )
    return rows


def _make_table(library: Library, columns: Columns, rows: _Rows) -> LabelledTable:
    """Choose the tasks among the columns that have been read."""
    if not rows.smiles:
        raise TableError(f"{library.name}: expected rows but got only a header; fix: add molecules")
    place_of = partial(name_place, lines=rows.lines, index=library.index)
    found = choose(library.name, columns, MoleculeRows(rows.smiles), place_of)
    return LabelledTable(
        smiles=rows.smiles,
        labels=np.stack(found.labels, axis=1),
        tasks=Tasks(found.tasks),
        lines=rows.lines,
        split_values=rows.parts,
        ignored_columns=columns.ignored,
        notes=(*library.notes, *found.notes),
        path=library.paths[0] if library.paths else None,
        index=library.index,
    )
