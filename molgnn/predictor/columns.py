"""The cells of added columns as NumPy arrays: annotate, check the types, fill the gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool

from molgnn.errors import MolgnnError
from molgnn.predictor.annotators.base import Annotator, Scored
from molgnn.predictor.schema import DTYPES, OutputColumn

if TYPE_CHECKING:
    import pandas as pd

_GAPS: dict[str, Any] = {"f": np.nan, "i": 0, "b": False, "O": None}
"""By NumPy's letter for a kind of type; where there is no gap, what nobody will see."""

_NULLABLE = {"int64": "Int64", "bool": "boolean"}


def numpy_type(column: OutputColumn) -> np.dtype[Any]:
    """Return the type of the column's arrays; texts are Python objects."""
    return np.dtype(object if column.dtype == "text" else column.dtype)


def blank_cells(column: OutputColumn, n_rows: int) -> np.ndarray:
    """Return the cells of so many rejected rows."""
    dtype = numpy_type(column)
    return np.full(n_rows, _GAPS[dtype.kind], dtype=dtype)


def annotate(
    annotators: Iterable[Annotator], scored: Scored, is_sound: Bool[np.ndarray, " mols"]
) -> dict[OutputColumn, np.ndarray]:
    """Return the columns that annotators add, with a gap for each molecule that is not sound.

    Parameters
    ----------
    annotators
        They get to see the sound molecules only.
    scored
        All molecules.
    is_sound
        Which of them have finite predictions.
    """
    sound = np.flatnonzero(is_sound).tolist()
    if len(sound) < len(scored):
        scored = scored.take(sound)
    return {
        column: spread_over_rows(cells, range(len(sound)), sound, len(is_sound))
        for annotator in annotators
        for column, cells in _checked_cells(annotator, scored)
    }


def _checked_cells(
    annotator: Annotator, scored: Scored
) -> Iterator[tuple[OutputColumn, np.ndarray]]:
    """Yield each column of an annotator with its cells, of the column's type.

    Raises
    ------
    MolgnnError
        If there is not one array per column with one cell per molecule, or the cells are another
        kind of thing than the column's dtype says.
    """
    columns, arrays = annotator.columns, annotator.annotate(scored)
    if len(columns) != len(arrays):
        raise _wrong(annotator, f"{len(columns)} columns", f"{len(arrays)} arrays")
    for column, cells in zip(columns, map(np.asarray, arrays), strict=True):
        name = f"the column {column.name!r}"
        if column.dtype not in DTYPES:
            raise _wrong(annotator, f"{name} of a dtype among {', '.join(DTYPES)}", column.dtype)
        if cells.shape != (len(scored),):
            raise _wrong(annotator, f"{len(scored)} cells for {name}", f"the shape {cells.shape}")
        if not np.can_cast(cells.dtype, numpy_type(column), "same_kind"):
            raise _wrong(annotator, f"cells of {column.dtype} for {name}", f"{cells.dtype}")
        yield column, cells.astype(numpy_type(column), copy=False)


def _wrong(annotator: Annotator, expected: str, got: str) -> MolgnnError:
    name = type(annotator).__name__
    return MolgnnError(f"{name}: expected {expected} but got {got}; fix: change this annotator")


def spread_over_rows(
    cells: np.ndarray, mols: Sequence[int], rows: Sequence[int], n_rows: int
) -> np.ndarray:
    """Return a cell, or several, for each of *n_rows*: those of its molecule, or else a gap."""
    spread = np.full((n_rows, *cells.shape[1:]), _GAPS[cells.dtype.kind], dtype=cells.dtype)
    spread[rows] = cells[mols]
    return spread


def hide_rejected(cells: np.ndarray, ok: np.ndarray) -> np.ndarray:
    """Mask the rejected rows of whole numbers and booleans, which have no value for a gap."""
    return np.ma.array(cells, mask=~ok) if cells.dtype.kind in "ib" else cells


def nullable_series(
    column: OutputColumn, cells: np.ndarray, ok: np.ndarray, index: pd.Index
) -> pd.Series:
    """Return the cells as a Series, with pandas' null in rejected rows."""
    import pandas as pd

    if column.dtype not in _NULLABLE or ok.all():
        return pd.Series(cells, index=index)
    return pd.Series(cells, index=index, dtype=_NULLABLE[column.dtype]).where(ok)
