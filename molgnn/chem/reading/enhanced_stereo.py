"""Enhanced stereochemistry (``|o1:3|``, ``|&1:3|``, STERAC, STEREL): counted, and ignored."""

from __future__ import annotations

import re

_IN_SMILES = re.compile(r"\|(?:[^|]*,)?[o&]\d*:")
_IN_MOL_BLOCK = re.compile(r"MDLV30/STE(?:RAC|REL)")


class EnhancedStereo:
    """Counts the rows whose stereochemistry is relative, or a mixture's.

    RDKit's SMILES, which a network is shown, has no place for it: the molecule is the one drawn.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin to count anew."""
        self._n_rows, self._first_line = 0, 0

    def look_at(self, text: str, line: int) -> None:
        """Count a row if the extension of its SMILES, or its mol block, says so."""
        if _IN_SMILES.search(text) or _IN_MOL_BLOCK.search(text):
            self._n_rows += 1
            self._first_line = self._first_line or line

    def describe(self, source: object) -> tuple[str, ...]:
        """Return a sentence if there was any."""
        if not self._n_rows:
            return ()
        rows = "1 row has" if self._n_rows == 1 else f"{self._n_rows:,} rows have"
        return (
            f"{source}: {rows} enhanced stereochemistry (the first in line {self._first_line}), "
            "which is ignored: mixtures and unknown isomers count as the isomer that is drawn",
        )
