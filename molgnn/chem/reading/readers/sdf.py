"""SDF: a mol block per record, and tagged data behind it."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from molgnn.chem.reading.readers.base import Reader, choose_cells, empty, refuse_column
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row
from molgnn.errors import FileProblem, InvalidSmiles
from molgnn.names import unique_name

_END_OF_RECORD = "$$$$"
_END_OF_BLOCK = "\nM  END"
_TAG = re.compile(r"^>[^<\n]*<(.*)>.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class SdfReader(Reader):
    """A row is all that stands before a line ``$$$$``, be it a molecule or not.

    The columns are the SMILES, the title line, and every tag of the file. A SMILES that RDKit
    cannot make is an empty cell, and `Row.smiles` the reason, with which `parse` refuses it.
    """

    _places: dict[str, int] = field(repr=False, compare=False)

    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield a row per record, with its mol block."""
        pick = choose_cells(picks, len(self.columns))
        self.enhanced_stereo.clear()
        with closing(self.source.lines()) as lines:
            for number, (line, record) in enumerate(_read_records(lines)):
                block, data = _split(record)
                if "MDLV30/STE" in block:
                    self.enhanced_stereo.look_at(block, line)
                text, smiles = _convert(block)
                cells = [smiles, block.partition("\n")[0].strip(), *[""] * len(self._places)]
                self._fill(cells, data, line)
                yield Row(number, line, text, pick(cells), block)

    def _fill(self, cells: list[str], data: str, line: int) -> None:
        """Put the data into their cells; a tag that comes twice has both its values there."""
        try:
            for tag, value in _tagged(data):
                place = self._places[tag]
                cells[place] = f"{cells[place]}\n{value}" if cells[place] else value
        except KeyError as error:
            raise FileProblem(
                f"{self.source}: expected the tags that it had when it was opened but got {error} "
                f"in the record of line {line}; fix: wait until the file is written to its end"
            ) from None


def open_sdf(source: Source, smiles_column: str | None) -> SdfReader:
    """Collect the tags of the whole file, in the order in which they first appear."""
    tags: dict[str, None] = {}
    record = None
    with closing(source.lines()) as lines:
        for _, record in _read_records(lines):
            tags.update(dict.fromkeys(_TAG.findall(_split(record)[1])))
    if record is None:
        raise empty(source)
    columns = (*(unique_name(name, tags, prefix="mol_") for name in ("smiles", "name")), *tags)
    if smiles_column not in (None, columns[0]):
        raise refuse_column(source, str(smiles_column), "the structures are its mol blocks")
    places = {tag: index for index, tag in enumerate(tags, 2)}
    return SdfReader(source, columns, smiles_index=0, id_index=1, _places=places)


def _read_records(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Yield the line where each record begins, and its text; the last may lack its end."""
    number, record = 1, list[str]()
    for line in lines:
        if not line.startswith(_END_OF_RECORD):
            record.append(line)
            continue
        yield number, "".join(record)
        number += len(record) + 1
        record = []
    last = "".join(record)
    if last.strip():
        yield number, last


def _split(record: str) -> tuple[str, str]:
    """Return the mol block, which goes up to the first tag, and the data, all lines as on Unix."""
    if "\r" in record:
        record = record.replace("\r\n" if "\n" in record else "\r", "\n")
    tag = _TAG.search(record, max(record.find(_END_OF_BLOCK), 0))
    start = tag.start() if tag else len(record)
    return record[:start], record[start:]


def _tagged(data: str) -> Iterator[tuple[str, str]]:
    """Yield each tag with its value, which may have several lines, blank ones among them."""
    pieces = _TAG.split(data)
    for tag, value in zip(pieces[1::2], pieces[2::2], strict=True):
        yield tag, value.strip("\n")


def _convert(block: str) -> tuple[str, str]:
    """Return what is to be parsed, the reason of a refusal included, and the cell."""
    from molgnn.chem.molblocks import convert_mol_block

    try:
        smiles = convert_mol_block(block)
    except InvalidSmiles as error:
        return str(error), ""
    return smiles, smiles
