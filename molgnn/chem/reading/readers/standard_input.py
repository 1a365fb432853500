"""Standard input, which has no suffix: its first lines tell what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import islice

from molgnn.chem.reading.columns import DELIMITERS, is_smiles_header
from molgnn.chem.reading.readers.base import Reader
from molgnn.chem.reading.readers.delimited import open_csv
from molgnn.chem.reading.readers.smi import open_smi
from molgnn.chem.reading.sources import Source
from molgnn.errors import TableError

_PARQUET = "PAR1"
_MOL_VERSIONS = ("V2000", "V3000")


def open_standard_input(source: Source, smiles_column: str | None) -> Reader:
    """Open it as a table if a header names the SMILES, or the user does; else as a SMILES file."""
    with closing(source.preview()) as lines:
        head = list(islice(lines, 4))  # the fourth line of a mol block tells its version
    if kind := _kind_that_needs_a_file(head):
        raise TableError(
            f"expected SMILES, CSV or TSV on standard input but got {kind}, which is read more "
            "than once; fix: save it to a file, and name that"
        )
    if smiles_column is not None or (head and _is_header(head[0])):
        return open_csv(source, smiles_column)
    return open_smi(source, None)


def _kind_that_needs_a_file(head: Sequence[str]) -> str | None:
    if head and head[0].startswith(_PARQUET):
        return "Parquet"
    if any(line.rstrip().endswith(_MOL_VERSIONS) for line in head[3:]):
        return "an SDF"
    return None


def _is_header(line: str) -> bool:
    return any(
        is_smiles_header(cell.strip('"'))
        for delimiter in DELIMITERS
        if delimiter in line
        for cell in line.strip().split(delimiter)
    )
