"""SDF: structures with their scores, for viewers, docking programs and RDKit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from molgnn.chem.records import Row
from molgnn.errors import InvalidSmiles
from molgnn.names import number_repeats
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.formats.base import TextFormat, added_texts

_NO_ATOMS = "\n     molgnn\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n"
_MAX_ATOMS = 500
"""Most that are drawn: it takes half a second, and with twice as many eight times as long."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_UNFIT_FOR_A_NAME = re.compile(r"[<>\r\n]")


class SdfFormat(TextFormat):
    """One record per row: a mol block, and every filled cell as a property.

    A row that was read from an SDF keeps its mol block; for any other, RDKit computes coordinates
    in the plane, some 2,000 drugs a second. Where there is nothing to draw, as of a rejected
    row, or too much, the mol block has no atoms: the row keeps its place and its cells.

    Notes
    -----
    What would end a property or the record before its time is mended: a blank line is left out,
    a line that begins with ``>`` or ``$$$$`` gets a blank before it, and in names angle brackets
    and line ends become underscores.
    """

    def encode(self, chunk: ScoredChunk) -> bytes:
        """Return one record per row of *chunk*, in order."""
        predictions = chunk.predictions
        rejected = predictions.rejected
        names = number_repeats(_UNFIT_FOR_A_NAME.sub("_", name) for name in self.table.names)
        records: list[str] = []
        for position, (row, values, added) in enumerate(
            zip(chunk.rows, predictions.values.tolist(), added_texts(chunk), strict=True)
        ):
            if position in rejected:
                records.append(self._mol_block(row, _NO_ATOMS))
                cells = [*row.fields, "rejected", rejected[position].reason]
            else:
                records.append(self._mol_block(row))
                cells = [*row.fields, "ok", "", *(f"{value:.6g}" for value in values), *added]
            records += _properties(names, cells)
            records.append("$$$$\n")
        return "".join(records).encode("utf-8", "surrogateescape")

    def _mol_block(self, row: Row, drawn: str | None = None) -> str:
        """Return the row's own mol block, or one that is *drawn*, under the row's name."""
        if row.block:
            return row.block if row.block.endswith("\n") else f"{row.block}\n"
        index = self.table.id_index
        title = "" if index is None else " ".join(_lines(row.fields[index]))
        return title + (drawn or _draw(row.smiles))


def _draw(smiles: str) -> str:
    """Return a mol block that begins with an empty title."""
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdDepictor

    from molgnn.chem.parsing import parse

    try:
        mol = parse(smiles)
    except InvalidSmiles:  # a standardizer may read what RDKit refuses
        return _NO_ATOMS
    if mol.GetNumAtoms() > _MAX_ATOMS:
        return _NO_ATOMS
    with rdBase.BlockLogs():
        rdDepictor.Compute2DCoords(mol)
        return Chem.MolToMolBlock(mol)


def _properties(names: Sequence[str], cells: Iterable[str]) -> list[str]:
    """Return the cells that hold anything as the lines of properties."""
    return [
        "\n".join([f">  <{name}>", *lines, "", ""])
        for name, cell in zip(names, cells, strict=False)
        if (lines := _lines(cell))
    ]


def _lines(text: str) -> list[str]:
    """Return the lines of *text* that hold anything, none of which means anything in an SDF."""
    return [
        f" {line}" if line.startswith((">", "$$$$")) else line
        for line in _LINE_END.split(text)
        if line.strip()
    ]
