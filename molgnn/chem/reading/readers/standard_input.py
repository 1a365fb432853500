"""Standard input, which has no suffix: its first lines tell what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import islice

from molgnn.chem.reading.readers.base import Reader
from molgnn.chem.reading.readers.delimited import open_csv
from molgnn.chem.reading.readers.headers import count_comments, is_table_header
from molgnn.chem.reading.readers.sdf import open_sdf
from molgnn.chem.reading.readers.smi import open_smi
from molgnn.chem.reading.sources import Source, TemporaryCopy
from molgnn.errors import TableError

_N_SAMPLED = 20
_PARQUET = "PAR1"
_MOL_VERSIONS = ("V2000", "V3000")


def open_standard_input(source: Source, smiles_column: str | None) -> Reader:
    """Open it as a table if a header names the SMILES, or the user does; else as a SMILES file.

    An SDF is copied to a temporary file, as it is read twice.
    """
    with closing(source.preview()) as lines:
        head = list(islice(lines, _N_SAMPLED))
    if head and head[0].startswith(_PARQUET):
        raise TableError(
            "expected SMILES, CSV, TSV or SDF on standard input but got Parquet; fix: save it to a "
            "file, and name that"
        )
    # The fourth line of a mol block tells its version.
    if any(line.rstrip().endswith(_MOL_VERSIONS) for line in head[3:4]):
        return open_sdf(TemporaryCopy(source), smiles_column)
    is_place = smiles_column in ("column_1", "column_2") and _is_smi(head)
    is_table = bool(head) and is_table_header(head[count_comments(head, smiles_column)])
    if head and (is_table or (smiles_column is not None and not is_place)):
        return open_csv(source, smiles_column)
    return open_smi(source, smiles_column)


def _is_smi(head: Sequence[str]) -> bool:
    """Say whether blanks alone part the words of the first line."""
    return bool(head) and not any(delimiter in head[0] for delimiter in ",;|\t")
