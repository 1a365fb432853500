"""pandas DataFrames: one as a library, whose cells travel as text, and one as the output."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from molgnn.chem.reading import Library
from molgnn.chem.reading.cell_types import parse_cells
from molgnn.chem.records import Row
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.table import OutputTable

if TYPE_CHECKING:
    import pandas as pd

_NULLABLE = {"bool": "boolean"} | {
    f"{kind}{bits}": f"{name}{bits}"
    for kind, name in (("int", "Int"), ("uint", "UInt"))
    for bits in (8, 16, 32, 64)
}
"""pandas' names of the types that have no gap of their own."""


def text_rows(library: Library) -> Iterable[Row]:
    """Return the rows of a library with all cells as text, which those of files are already."""
    return library if library.frame is None else map(_as_text_row, library)


def build_frame(
    chunks: Sequence[ScoredChunk], table: OutputTable, library: Library
) -> pd.DataFrame:
    """Return the rows of *chunks* as a DataFrame with the columns of *table*.

    A library that is a DataFrame gives its own columns and labels back as they were. Of a file,
    columns are of the type that it has for them, which in CSV and SMILES files is text.
    """
    import pandas as pd

    rows = [row for chunk in chunks for row in chunk.rows]
    empty = Predictions.of_cells([], table.tasks, table.added, [])
    predictions = Predictions.concatenate([empty, *(chunk.predictions for chunk in chunks)])
    numbers = [row.number for row in rows]
    frame = library.frame
    index = pd.RangeIndex(len(rows)) if frame is None else frame.index[numbers]
    own = [
        _library_series(column, [row.fields[place] for row in rows])
        for place, column in enumerate(table.library)
    ]
    if frame is not None:
        n_ranks = sum(column.role is Role.RANK for column in table.library)
        kept = frame.iloc[numbers]
        own[n_ranks:] = [kept.iloc[:, place] for place in range(kept.shape[1])]
    predicted = predictions.to_frame().drop(columns="smiles")
    columns = [*own, *(predicted.iloc[:, place] for place in range(predicted.shape[1]))]
    joined = pd.concat([column.set_axis(index) for column in columns], axis=1)
    return joined.set_axis(list(table.names), axis=1)


def _library_series(column: OutputColumn, cells: list[str]) -> pd.Series[Any]:
    import pandas as pd

    if column.dtype == "text":
        return pd.Series(cells, dtype=object)
    array = parse_cells(cells, column.dtype)
    if array.null_count and column.dtype in _NULLABLE:
        return pd.Series(array.to_pylist(), dtype=_NULLABLE[column.dtype])
    series: pd.Series[Any] = array.to_pandas()
    return series


def _as_text_row(row: Row) -> Row:
    return replace(row, fields=tuple("" if cell is None else str(cell) for cell in row.fields))
