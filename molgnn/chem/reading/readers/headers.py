"""Whether a line of text is the header of a table, in a file whose kind its name does not tell."""

from __future__ import annotations

from molgnn.chem.reading.columns import DELIMITERS
from molgnn.chem.reading.smiles_headers import is_smiles_header


def is_table_header(line: str) -> bool:
    """Say whether a line names SMILES in a cell, with a delimiter of CSV beside it."""
    return any(
        is_smiles_header(cell.strip('"'))
        for delimiter in DELIMITERS
        if delimiter in line
        for cell in line.strip().split(delimiter)
    )
