"""Files of SMILES, row by row in constant memory: no line is lost, whatever stands in it."""

from __future__ import annotations

from molgnn.chem.reading.library import Library, open_library

__all__ = ["Library", "open_library"]
