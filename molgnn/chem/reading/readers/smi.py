"""SMILES files: a SMILES and a name per line, or a name and a SMILES."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from molgnn.chem.reading.readers.base import Reader, choose_cells, empty, refuse_column
from molgnn.chem.reading.readers.delimited import open_csv
from molgnn.chem.reading.readers.headers import is_table_header
from molgnn.chem.reading.smiles_headers import is_smiles_header
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row

_COLUMNS = ("smiles", "name")
_N_SAMPLED = 20
_QUOTED = re.compile(r"""\s*(["'])(.*?)\1(?:\s+|$)""")
_LIKE_SMILES = re.compile(r"(?:\[[^\]\s]+\]|[BCNOPSFIbcnops])[-A-Za-z0-9@+\[\]()=#$:/\\.%*~]*")


@dataclass(frozen=True)
class SmiReader(Reader):
    """A SMILES is what stands before the first white space, a name what stands after it.

    A line that begins with a tab has no SMILES. Either may be quoted. A ChemAxon extension
    (``|…|``) is in the name. In a file of names and SMILES it is the other way round, and what
    stands after the SMILES belongs to the name.
    """

    has_header: bool

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield a row per line."""
        pick = choose_cells(picks, len(_COLUMNS))
        self.enhanced_stereo.clear()
        first_line = 2 if self.has_header else 1
        smiles_index = self.smiles_index
        split = _split_name_first if smiles_index else _split
        with closing(self.source.lines()) as lines:
            if self.has_header:
                next(lines, None)
            for number, line in enumerate(lines):
                cells = split(line)
                if "|" in line:
                    self.enhanced_stereo.look_at(line, number + first_line)
                yield Row(number, number + first_line, cells[smiles_index], pick(cells))


def open_smi(source: Source, smiles_column: str | None) -> Reader:
    """Look whether the first line is a header, and which of the first two words is the SMILES."""
    with closing(source.preview()) as lines:
        sample = list(islice(lines, _N_SAMPLED))
    if not sample:
        raise empty(source)
    header = _split(sample[0])
    titles = [header[0], _split(header[1])[0]]
    index = _wanted(source, smiles_column)
    if is_smiles_header(titles[0]):
        return _make(source, index or 0, has_header=True)
    if is_smiles_header(titles[1]):
        return _make(source, 1 if index is None else index, has_header=True)
    if index is None and is_table_header(sample[0]):
        return open_csv(source, smiles_column)
    if index is None and _are_names_first(sample):
        note = (
            f"{source}: column 1 holds no SMILES, so they are read from column 2; smiles_column=… "
            "may say column_1"
        )
        return _make(source, 1, has_header=False, notes=(note,))
    return _make(source, index or 0, has_header=False)


def _make(
    source: Source, smiles_index: int, *, has_header: bool, notes: tuple[str, ...] = ()
) -> SmiReader:
    columns = _COLUMNS[::-1] if smiles_index else _COLUMNS
    return SmiReader(source, columns, smiles_index, 1 - smiles_index, has_header, notes=notes)


def _wanted(source: Source, smiles_column: str | None) -> int | None:
    """Return the place of the SMILES that the user has named, if it was named."""
    if smiles_column is None or smiles_column.lower() == _COLUMNS[0]:
        return None
    if smiles_column in ("column_1", "column_2"):
        return int(smiles_column[-1]) - 1
    raise refuse_column(
        source,
        smiles_column,
        "a SMILES file has the columns smiles and name, or column_1 and column_2",
    )


def _are_names_first(sample: Sequence[str]) -> bool:
    """Say whether the second words are SMILES, and the first ones are none.

    RDKit is asked, and loaded, only where the second words may be SMILES by their letters.
    """
    from molgnn.chem.parsing import why_rejected

    lines = [_split_name_first(line) for line in sample if line.strip()]
    alike = [bool(_LIKE_SMILES.fullmatch(second)) for _, second in lines]
    if not lines or 2 * sum(alike) < len(lines):
        return False
    n_first = sum(why_rejected(_split(line)[0]) is None for line in sample if line.strip())
    n_second = sum(why_rejected(second) is None for _, second in lines)
    return 2 * n_second >= len(lines) > 2 * n_first


def _split(line: str) -> tuple[str, str]:
    """Return the SMILES and the name."""
    if line.startswith("\t"):
        return "", line.strip()
    if line.startswith(('"', "'")) and (quoted := _QUOTED.match(line)):
        return quoted[2].strip(), _unquote(line[quoted.end() :])
    words = line.split(None, 1)
    if len(words) == 2:
        return words[0], words[1].rstrip()
    return (words[0], "") if words else ("", "")


def _split_name_first(line: str) -> tuple[str, str]:
    """Return the name, with what stands behind the SMILES, and the SMILES.

    A name may hold blanks where a tab ends it, or where it is quoted.
    """
    if quoted := _QUOTED.match(line):
        name, rest = quoted[2], line[quoted.end() :]
    elif "\t" in line:
        name, _, rest = line.partition("\t")
    else:
        name, rest = _split(line)
    smiles, more = _split(rest.lstrip())
    return f"{name.strip()} {more}".strip(), smiles


def _unquote(text: str) -> str:
    quoted = _QUOTED.fullmatch(text.rstrip())
    return quoted[2] if quoted else text.rstrip()
