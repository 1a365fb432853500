"""Numbers and conditions over columns, as they are typed: ``logp < 2 and NR-AhR > 0.5``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.compiler import Compiler, Use
from molgnn.screening.operands import Operand, Reading, StatusOperand
from molgnn.screening.unread import UnreadCells


@dataclass(frozen=True, slots=True)
class Expression:
    """What is computed of each row; see `parse_condition`, `parse_number`."""

    text: str
    _evaluate: Callable[[Mapping[Use, Any]], Any]
    _used: Mapping[Use, Operand]

    def __call__(
        self, chunk: ScoredChunk
    ) -> Bool[np.ndarray, " mols"] | Float[np.ndarray, " mols"]:
        """Return what it is of each row.

        Where the row was rejected, or a number that it needs is NaN, as of a library's cell that is
        no number, a number is NaN and no condition holds, be it a ``not`` or a ``!=``. Where the
        status or the reason is asked for, a rejected row has what the library holds.
        """
        of_rejected = any(isinstance(operand, StatusOperand) for operand in self._used.values())
        known = np.ones(len(chunk.rows), bool) if of_rejected else chunk.predictions.ok
        cells: dict[Use, Any] = {}
        for use, operand in self._used.items():
            cells[use] = read = operand.read(chunk, use.reading)
            known &= _is_known(read, use.reading)
        with np.errstate(all="ignore"):
            result = self._evaluate(cells)
        return result & known if result.dtype == bool else np.where(known, result, np.nan)

    @property
    def operands(self) -> Mapping[str, Operand]:
        """The columns that it reads, by their names."""
        return {use.name: operand for use, operand in self._used.items()}

    def find_unread(self, chunk: ScoredChunk) -> dict[str, UnreadCells]:
        """Return, by the names of columns, which cells are not what it wants of them."""
        found = {use: each.find_unread(chunk, use.reading) for use, each in self._used.items()}
        return {use.name: unread for use, unread in found.items() if unread is not None}

    def with_operands(self, operands: Mapping[str, Operand]) -> Expression:
        """Return the same of other columns of these names."""
        used = {use: operands.get(use.name, operand) for use, operand in self._used.items()}
        return replace(self, _used=used)


def parse_condition(text: str, operands: Mapping[str, Operand]) -> Expression:
    """Read what is true or false of a row, such as ``SR-p53 < 0.2 or not mean > 0.1``.

    Parameters
    ----------
    text
        Names of columns, numbers, ``+ - * /``, comparisons (``0.1 < SR-p53 < 0.5``, too), ``and``,
        ``or``, ``not``, parentheses, and ``mean``, ``max``, ``min``: alone they are of all tasks,
        before parentheses of what stands in them. A column of booleans is a condition by itself,
        and can be compared with ``true`` and ``false``. Where several names fit, the longest is
        meant. Quotation marks or backticks hold a name that would be read as something else. In
        quotation marks, what is no column is a text, which ``==`` and ``!=`` compare with a column
        (``series == "A1"``), or an ISO date, which ``<`` and ``>`` do as well
        (``date >= "2024-01-31"``).
    operands
        The columns by their names, as `molgnn.screening.operands.find_operands` gives them.

    Raises
    ------
    ConfigError
        If it cannot be read, names no column, is a number, or wants of a column what its type
        cannot be.
    """
    return Expression(text, *Compiler(text, operands).compile(Compiler.condition))


def parse_number(text: str, operands: Mapping[str, Operand]) -> Expression:
    """Read a number that each row has, such as ``max(NR-AR, NR-ER) + 0.5 * SR-p53``.

    It is written as `parse_condition` says.

    Raises
    ------
    ConfigError
        If it cannot be read, names no column, or is a condition.
    """
    return Expression(text, *Compiler(text, operands).compile(Compiler.number))


def _is_known(cells: np.ndarray, reading: Reading) -> np.ndarray:
    if reading is Reading.TEXT:
        return np.array([cell is not None for cell in cells], dtype=bool)
    is_unknown: np.ndarray = np.isnat(cells) if reading is Reading.DATE else np.isnan(cells)
    return ~is_unknown
