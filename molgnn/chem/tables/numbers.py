"""Cells as numbers: gaps, decimal commas, censored values such as ``>10``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

GAPS = frozenset({"na", "nan", "n/a", "null", "none", "-", "?", "<na>", "#n/a", "nd", "n.d."})
"""Spellings of *not measured*, in lower case, beside the empty cell."""

LARGEST = float(np.finfo(np.float32).max)
"""The largest label: labels are 32-bit floats."""

_CENSORED = re.compile(r"\s*(?:[<>]=?|≥|≤|≧|≦|~|ca\.?|'[<>]=?')\s*(?=[-+.\d])")
"""What stands before the bound of a censored value."""

_THOUSANDS = re.compile(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?")
_COMMA_NUMBER = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")

NumberParser = Callable[[Any], float]
"""Returns the number in a cell; raises `ValueError` where there is none."""


def with_point(cell: Any) -> float:
    """Return a number with a decimal point; ``1_0``, which is ten to Python alone, is none.

    Raises
    ------
    ValueError
        If it is no such number.
    """
    if isinstance(cell, str) and "_" in cell:
        raise ValueError(cell)
    return float(cell)


def with_comma(cell: Any) -> float:
    """Return a number with a decimal comma, and points between its thousands if any.

    Raises
    ------
    ValueError
        If it is no such number: ``1.5`` is none.
    """
    if not isinstance(cell, str):
        return float(cell)
    if "." in cell:
        if not _THOUSANDS.fullmatch(cell.strip()):
            raise ValueError(cell)
        cell = cell.replace(".", "")
    return with_point(cell.replace(",", "."))


def with_either(cell: Any) -> float:
    """Return a number with a decimal point or a decimal comma, but not with both.

    Raises
    ------
    ValueError
        If it is no such number.
    """
    if isinstance(cell, str) and "," in cell:
        if not has_decimal_comma(cell):
            raise ValueError(cell)
        cell = cell.replace(",", ".")
    return with_point(cell)


def has_decimal_comma(cell: str) -> bool:
    """Say whether a text is a number with one comma and no point."""
    return _COMMA_NUMBER.fullmatch(cell.strip()) is not None


def is_either(cell: str) -> bool:
    """Say whether a text is a finite number once it is known which mark is decimal."""
    for parse in (with_comma, with_either):
        try:
            number = parse(cell)
        except ValueError:
            continue
        return is_label(number)
    return False


def is_gap(cell: str) -> bool:
    """Say whether a text means that nothing was measured."""
    return not cell or cell.lower() in GAPS


def is_label(number: float) -> bool:
    """Say whether a number is finite as a 32-bit float, or a gap."""
    return abs(number) <= LARGEST or math.isnan(number)


def split_censored(cell: str) -> str | None:
    """Return the bound of a censored value: ``10`` of ``>10``; None if the text is none."""
    match = _CENSORED.match(cell)
    return cell[match.end() :] if match else None
