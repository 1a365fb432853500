"""A pandas DataFrame as a library: its cells keep their types."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from molgnn.chem.reading.cell_types import TEXT, dtype_of
from molgnn.chem.reading.columns import find_columns
from molgnn.chem.reading.readers.base import Reader
from molgnn.chem.reading.smiles_headers import is_smiles_header
from molgnn.chem.reading.sources import FrameSource
from molgnn.chem.records import Row
from molgnn.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

_N_ROWS = 1024
_N_SAMPLED = 20


@dataclass(frozen=True)
class DataFrameReader(Reader):
    """Cells are numbers, booleans, dates or text, as in the DataFrame; a gap is None.

    An RDKit molecule stands for its SMILES.
    """

    frame: pd.DataFrame

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield the rows, numbered from 0."""
        smiles_index = self.smiles_index
        self.enhanced_stereo.clear()
        for start in range(0, len(self.frame), _N_ROWS):
            part = self.frame.iloc[start : start + _N_ROWS]
            columns = {index: _cells(part.iloc[:, index]) for index in {*picks, smiles_index}}
            fields = zip(*(columns[index] for index in picks), strict=True)
            smiles = map(_as_smiles, columns[smiles_index])
            for number, (text, cells) in enumerate(zip(smiles, fields, strict=True), start):
                if "|" in text:
                    self.enhanced_stereo.look_at(text, number)
                yield Row(number, number, text, cells)

    @property
    def types(self) -> tuple[str, ...]:
        """Those of the DataFrame, as Arrow has them; objects and categories are text."""
        import pyarrow as pa

        head = self.frame.iloc[:0]
        arrays = (pa.Array.from_pandas(head.iloc[:, place]) for place in range(len(self.columns)))
        return tuple(dtype_of(array.type) for array in arrays)

    @property
    def text_columns(self) -> frozenset[int]:
        """Those of strings, and objects or categories of which each is one."""
        from pandas.api.types import infer_dtype

        columns = [self.frame.iloc[:, place] for place in range(len(self.columns))]
        return frozenset(
            place
            for place, column in enumerate(columns)
            if self.types[place] == TEXT and infer_dtype(column, skipna=True) == "string"
        )

    @property
    def index(self) -> pd.Index[Any]:
        """The DataFrame's own."""
        return self.frame.index


def open_dataframe(source: FrameSource, smiles_column: str | None) -> DataFrameReader:
    """Find the SMILES among the columns, or in the index; a label may be a number."""
    if smiles_column is not None:
        smiles_column = str(smiles_column)
    frame = _with_index(source.frame, smiles_column)
    columns = tuple(map(str, frame.columns))
    if not columns:
        raise TableError(f"{source}: expected a column of SMILES but the table has no columns")
    head = frame.iloc[:_N_SAMPLED]
    cells = [_cells(head.iloc[:, index]) for index in range(len(columns))]
    sample = [list(map(_as_smiles, row)) for row in zip(*cells, strict=True)]
    found = find_columns(source, [columns, *sample], smiles_column)
    return DataFrameReader(source, columns, found.smiles_index, None, frame, notes=found.notes)


def _with_index(frame: pd.DataFrame, smiles_column: str | None) -> pd.DataFrame:
    """Return the DataFrame with its index as a column if that is where the SMILES are."""
    named = [name for name in frame.index.names if isinstance(name, str)]
    if smiles_column is not None:
        is_there = smiles_column in named and smiles_column not in map(str, frame.columns)
    else:
        is_there = any(map(is_smiles_header, named)) and not any(
            is_smiles_header(str(name)) for name in frame.columns
        )
    if not is_there:
        return frame
    name = smiles_column or next(filter(is_smiles_header, named))
    frame = frame.copy(deep=False)
    frame.insert(0, name, frame.index.get_level_values(name))
    return frame


def _cells(column: pd.Series[Any]) -> list[Any]:
    """Return the cells as Python's objects, None for a gap, and molecules as SMILES."""
    if str(column.dtype) in ("float16", "float32"):
        cells = list(column.to_numpy())  # NumPy's show as few digits as tell them apart
    else:
        cells = column.tolist()
    if column.dtype == object and (chem := sys.modules.get("rdkit.Chem")):
        cells = [chem.MolToSmiles(c) if isinstance(c, chem.Mol) else c for c in cells]
    gaps = column.isna()
    if not gaps.any():
        return cells
    return [None if gap else cell for cell, gap in zip(cells, gaps, strict=True)]


def _as_smiles(cell: Any) -> str:
    """Return the cell as text."""
    return "" if cell is None else str(cell).strip()
