"""Tables of molecules with labels, most of which were never measured."""

from __future__ import annotations

from molgnn.chem.tables.labelled import LabelledTable
from molgnn.chem.tables.read import read_table

__all__ = ["LabelledTable", "read_table"]
