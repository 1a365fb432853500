"""Files of SMILES, row by row in constant memory: no line is lost, whatever stands in it."""

from __future__ import annotations

from molgnn.chem.reading.library import Library, open_library
from molgnn.chem.reading.lines import as_text

__all__ = ["Library", "as_text", "open_library"]
