"""SMILES files: a SMILES and a name per line, or a name and a SMILES."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from molgnn.chem.reading.readers.base import Reader, choose_cells, empty, refuse_column
from molgnn.chem.reading.readers.delimited import open_csv
from molgnn.chem.reading.readers.headers import count_comments, is_table_header
from molgnn.chem.reading.smiles_headers import is_smiles_header
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row

Split = Callable[[str], tuple[str, str]]
"""From a line to its two cells."""

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
    split: Split

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield a row per line."""
        pick = choose_cells(picks, len(_COLUMNS))
        self.enhanced_stereo.clear()
        first_line = 2 if self.has_header else 1
        smiles_index = self.smiles_index
        split = self.split
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
    first = sample[count_comments(sample)]
    if index is None and (is_table_header(first) or _are_cells(sample)):
        return open_csv(source, smiles_column)
    if index is not None:
        return _make(source, index, has_header=False)
    if (split := _find_names_first(sample)) is not None:
        note = (
            f"{source}: the lines do not begin with SMILES, which are read from {_PLACES[split]}; "
            "if that is wrong, smiles_column=… names column_1 or column_2"
        )
        return _make(source, 1, has_header=False, split=split, notes=(note,))
    return _make(source, 0, has_header=False)


def _make(
    source: Source,
    smiles_index: int,
    *,
    has_header: bool,
    split: Split | None = None,
    notes: tuple[str, ...] = (),
) -> SmiReader:
    columns = _COLUMNS[::-1] if smiles_index else _COLUMNS
    split = split or (_split_name_first if smiles_index else _split)
    return SmiReader(
        source, columns, smiles_index, 1 - smiles_index, has_header, split, notes=notes
    )


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


def _are_cells(sample: Sequence[str]) -> bool:
    """Say whether most lines have commas or semicolons in their first word: cells of a CSV."""
    words = [_split(line)[0] for line in sample if line.strip()]
    return 2 * sum("," in word or ";" in word for word in words) > len(words)


def _find_names_first(sample: Sequence[str]) -> Split | None:
    """Return how lines are split whose first words are no SMILES; None if that is what they are.

    RDKit is asked, and loaded, only where others may be SMILES by their letters.
    """
    filled = [line for line in sample if line.strip()]
    texts = {split: [split(line)[1] for line in filled] for split in _PLACES}
    likely = {
        split: found
        for split, found in texts.items()
        if 2 * sum(bool(_LIKE_SMILES.fullmatch(text)) for text in found) >= len(filled) > 0
    }
    if not likely or 2 * _count_smiles([_split(line)[0] for line in filled]) >= len(filled):
        return None
    counts = {split: _count_smiles(found) for split, found in likely.items()}
    best = max(counts, key=lambda split: counts[split])
    return best if 2 * counts[best] >= len(filled) else None


def _count_smiles(texts: Sequence[str]) -> int:
    from molgnn.chem.parsing import why_rejected

    return sum(why_rejected(text) is None for text in texts)


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


def _split_name_of_words(line: str) -> tuple[str, str]:
    """Return the name, which may have several words, and the SMILES, which is the last word."""
    name, _, smiles = f" {line.strip()}".rpartition(" ")
    return name.strip(), smiles


def _unquote(text: str) -> str:
    quoted = _QUOTED.fullmatch(text.rstrip())
    return quoted[2] if quoted else text.rstrip()


_PLACES: dict[Split, str] = {_split_name_first: "column 2", _split_name_of_words: "the last word"}
"""Where the SMILES of a line are that begins with a name."""
