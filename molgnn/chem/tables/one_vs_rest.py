"""One task per class of a column with several classes: each class against all others."""

from __future__ import annotations

import math
from array import array
from typing import Any

import numpy as np
from jaxtyping import Float

from molgnn.chem.reading import as_text
from molgnn.chem.tables.molecule_rows import MoleculeRows
from molgnn.chem.tables.numbers import is_gap
from molgnn.errors import TableError
from molgnn.names import unique_name

MAX_CLASSES = 50


class ClassColumn:
    """A column whose every word, or number, is a class.

    Parameters
    ----------
    name, index
        Its header and its place.
    """

    def __init__(self, name: str, index: int) -> None:
        self.name, self.index = name, index
        self._ids: dict[str, int] = {}
        self._cells = array("b")

    def read(self, cell: Any) -> None:
        """Take up the next row's cell."""
        text = "" if cell is None else as_text(str(cell).strip())
        if is_gap(text):
            self._cells.append(-1)
            return
        number = self._ids.setdefault(_plain(text), len(self._ids))
        if number >= 2 * MAX_CLASSES:
            raise TableError(
                f"expected at most {MAX_CLASSES} classes in column {self.name!r} (one_vs_rest=…) "
                f"but got more, such as {text!r}; fix: name a column of classes"
            )
        self._cells.append(number)

    def read_aside(self, cell: Any) -> None:
        """Take up a row that has no SMILES; what stands there is no class."""
        self._cells.append(-1)

    def tasks(
        self, molecules: MoleculeRows, taken: list[str]
    ) -> dict[str, Float[np.ndarray, " mols"]]:
        """Return a column of labels per class, in the order of the classes' names.

        Raises
        ------
        TableError
            If there are fewer than two classes, or too many.
        """
        cells = np.frombuffer(self._cells, dtype=np.int8)
        found = {}
        for word, number in self._ids.items():
            rows = np.flatnonzero(cells == number)
            if len(molecules.before_first(rows.tolist())) < len(rows):
                found[word] = number
        if not 2 <= len(found) <= MAX_CLASSES:
            raise TableError(
                f"expected 2 to {MAX_CLASSES} classes in column {self.name!r} (one_vs_rest=…) but "
                f"got {len(found)}; fix: name a column of classes"
            )
        is_known = np.isin(cells, list(found.values()))
        labels: dict[str, Float[np.ndarray, " mols"]] = {}
        for word in sorted(found, key=_in_order):
            name = unique_name(
                "_".join(f"{self.name} {word}".split()), [*taken, *labels], prefix="_"
            )
            labels[name] = np.where(is_known, cells == found[word], math.nan).astype(np.float32)
        return labels


def _plain(text: str) -> str:
    """Return a number as it is usually written, and any other text as it is."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


def _in_order(word: str) -> tuple[float, str]:
    try:
        return float(word), word
    except ValueError:
        return math.inf, word
