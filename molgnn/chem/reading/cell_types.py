"""The types of a table's columns, by Arrow's names: cells travel as text, and come back typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

TEXT = "text"

_OUR_NAMES = {
    "halffloat": "float16",
    "float": "float32",
    "double": "float64",
    "date32[day]": "date",
}
_KEPT = re.compile(r"u?int\d+|float\d+|bool|date|timestamp\[.*\]|decimal128\(.*\)")
_TIMESTAMP = re.compile(r"timestamp\[(\w+)(?:, tz=(.*))?\]")
_DECIMAL = re.compile(r"decimal128\((\d+), (-?\d+)\)")


def dtype_of(arrow: pa.DataType) -> str:
    """Return how a column of this type is called here: text unless a cell's text tells its value.

    So are numbers, booleans, dates, timestamps and decimals known by their own types; lists,
    structures and bytes become text.
    """
    name = _OUR_NAMES.get(str(arrow), str(arrow))
    return name if _KEPT.fullmatch(name) else TEXT


def is_date_type(dtype: str) -> bool:
    """Say whether cells of a type, as `dtype_of` calls it, are dates or timestamps."""
    return dtype == "date" or dtype.startswith("timestamp")


def time_zone(dtype: str) -> str | None:
    """Return the time zone of a type of timestamps, None where there is none."""
    match = _TIMESTAMP.fullmatch(dtype)
    return match[2] if match else None


def holds_text(arrow: pa.DataType) -> bool:
    """Say whether cells of this type are texts by its declaration, be they in a dictionary."""
    import pyarrow as pa

    if pa.types.is_dictionary(arrow):
        return holds_text(arrow.value_type)
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_kind(arrow) for is_kind in kinds)


def arrow_type(dtype: str) -> pa.DataType:
    """Return the Arrow type behind what `dtype_of` gives."""
    import pyarrow as pa

    if match := _TIMESTAMP.fullmatch(dtype):
        return pa.timestamp(match[1], tz=match[2])
    if match := _DECIMAL.fullmatch(dtype):
        return pa.decimal128(int(match[1]), int(match[2]))
    aliases = {TEXT: "string", "date": "date32"}
    return pa.type_for_alias(aliases.get(dtype, dtype))


def parse_cells(cells: Sequence[str], dtype: str) -> pa.Array:
    """Return cells as Arrow's array of their type, null where one is empty.

    Parameters
    ----------
    cells
        Texts that a reader made of cells of that type.
    dtype
        What `dtype_of` gave.
    """
    import pyarrow as pa

    kind = arrow_type(dtype)
    if dtype == TEXT:
        return pa.array(cells, kind)
    texts = pa.array([cell or None for cell in cells], pa.string())
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:  # a year of five digits, which Arrow writes but does not read
        return _parse_dates(cells, kind)


def _parse_dates(cells: Sequence[str], kind: pa.DataType) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    unit = "D" if pa.types.is_date(kind) else kind.unit
    return pa.array(np.array(cells, dtype=f"datetime64[{unit}]"), kind)
