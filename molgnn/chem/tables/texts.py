"""The cells of a label column that are no numbers: which words, how often, and where."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np
from jaxtyping import Int

from molgnn.chem.tables.molecule_rows import MoleculeRows

MAX_WORDS = 64
"""A column of more different words than this holds text, and no classes."""


class TextCells:
    """Remembers texts by row while there are few different ones, and counts them in any case."""

    def __init__(self) -> None:
        self.n_cells = 0
        self._ids: dict[str, int] = {}
        self._rows, self._words = array("q"), array("b")

    def add(self, row: int, text: str) -> None:
        """Remember a cell."""
        self.n_cells += 1
        if text not in self._ids:
            if len(self._ids) > MAX_WORDS:
                return
            self._ids[text] = len(self._ids)
        self._rows.append(row)
        self._words.append(self._ids[text])

    @property
    def are_few(self) -> bool:
        """Whether all different texts are remembered."""
        return len(self._ids) <= MAX_WORDS

    def rows_of(self, text: str) -> Int[np.ndarray, " rows"]:
        """Return the rows that hold *text*."""
        words = np.frombuffer(self._words, dtype=np.int8)
        rows: np.ndarray = np.frombuffer(self._rows, dtype=np.int64)[words == self._ids[text]]
        return rows

    def count(self, molecules: MoleculeRows) -> dict[str, int]:
        """Return how often each text stands in a row; those that never stand by a molecule don't.

        Where there are too many different ones, it is the first of them.
        """
        counts = {}
        for text in self._ids:
            rows = self.rows_of(text)
            if len(passed := molecules.before_first(rows.tolist())) < len(rows):
                counts[text] = len(rows) - len(passed)
        return counts

    def first(self, molecules: MoleculeRows) -> tuple[int, str]:
        """Return the first cell beside a molecule: its row and its text."""
        return next((row, text) for row, text in self._cells() if row in molecules)

    def _cells(self) -> Iterator[tuple[int, str]]:
        texts = list(self._ids)
        for row, word in zip(self._rows, self._words, strict=True):
            yield row, texts[word]
