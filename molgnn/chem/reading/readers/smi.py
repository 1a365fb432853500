"""SMILES files: a SMILES and a name per line."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from molgnn.chem.reading.columns import is_smiles_header
from molgnn.chem.reading.readers.base import Reader, choose_cells, empty, refuse_column
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row

_COLUMNS = ("smiles", "name")


@dataclass(frozen=True)
class SmiReader(Reader):
    """A SMILES is what stands before the first white space, a name what stands after it.

    A line that begins with a tab has no SMILES. A ChemAxon extension (``|…|``) is in the name.
    """

    has_header: bool

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield a row per line."""
        pick = choose_cells(picks, len(_COLUMNS))
        first_line = 2 if self.has_header else 1
        with closing(self.source.lines()) as lines:
            if self.has_header:
                next(lines, None)
            for number, line in enumerate(lines):
                cells = _split(line)
                yield Row(number, number + first_line, cells[0], pick(cells))


def _split(line: str) -> tuple[str, str]:
    if line.startswith("\t"):
        return "", line.strip()
    words = line.split(None, 1)
    if len(words) == 2:
        return words[0], words[1].rstrip()
    return (words[0], "") if words else ("", "")


def open_smi(source: Source, smiles_column: str | None) -> SmiReader:
    """Look whether the first line is a header."""
    if smiles_column is not None and smiles_column.lower() != _COLUMNS[0]:
        raise refuse_column(source, smiles_column, "a SMILES file has the columns smiles and name")
    with closing(source.preview()) as lines:
        first = next(lines, None)
    if first is None:
        raise empty(source)
    words = first.split(None, 1)
    has_header = bool(words) and is_smiles_header(words[0])
    return SmiReader(source, _COLUMNS, smiles_index=0, id_index=1, has_header=has_header)
