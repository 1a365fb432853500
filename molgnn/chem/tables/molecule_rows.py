"""Which rows of a table hold a molecule, found out only for the rows that are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from molgnn.chem.parsing import why_rejected

MAX_PARSED = 5_000
"""How many rows are parsed at most; of the others it is believed that they hold a molecule."""


class MoleculeRows:
    """Tells lines of a table that hold units or descriptions from those that hold a molecule.

    Parameters
    ----------
    smiles
        One per row, in a list that may still grow.
    """

    def __init__(self, smiles: Sequence[str]) -> None:
        self._smiles = smiles
        self._known: dict[int, bool] = {}

    def __contains__(self, row: int) -> bool:
        if not self._smiles[row]:
            return False
        if row not in self._known:
            if len(self._known) >= MAX_PARSED:
                return True
            self._known[row] = why_rejected(self._smiles[row]) is None
        return self._known[row]

    def before_first(self, rows: Iterable[int]) -> list[int]:
        """Return those of *rows* that come before the first one with a molecule."""
        passed: list[int] = []
        for row in rows:
            if row in self:
                return passed
            passed.append(row)
        return passed

    def are_any(self, rows: list[int]) -> bool:
        """Say whether one of *rows* holds a molecule; where no row does, whether there are any."""
        if not rows or len(self.before_first(rows)) < len(rows):
            return bool(rows)
        n_rows = len(self._smiles)
        return len(self.before_first(range(n_rows))) == n_rows
