"""The three states of a line on its way through chem: `Row` → `Molecule` or `Rejected`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """Where on its way a row was rejected."""

    PARSE = "parse"
    STANDARDIZE = "standardize"
    FEATURIZE = "featurize"
    PREDICT = "predict"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an input file, or one record of an SDF, as it was read.

    Parameters
    ----------
    number
        Position among the library's rows, from 0; a header is not a row.
    line
        Line of its file where the row begins, from 1; of a Parquet file, which row it is; of a
        DataFrame its position, from 0.
    smiles
        The cell of the SMILES column, stripped; empty where there is none. Where a mol block
        gives no SMILES, its cell is empty and this is the reason, which `parse` raises.
    fields
        The cells of the row, in the order of the library's ``columns``: text as it stands in the
        file, or what a DataFrame holds, None where nothing is there.
    block
        What stands before the first tag of an SDF's record, with the line ends of Unix: the mol
        block, or whatever was there in its place.
    """

    number: int
    line: int
    smiles: str
    fields: tuple[Any, ...]
    block: str | None = None


@dataclass(frozen=True, slots=True)
class Molecule:
    """A row whose SMILES has passed the standardizer and may be featurized."""

    row: int
    smiles: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that gives no molecule; falsy, so ``if molecule:`` reads as it should.

    Parameters
    ----------
    row
        Position among the rows, from 0.
    text
        The SMILES as it stood in the input.
    stage
        Where it failed.
    reason
        A sentence ``"kind: detail"``; the kind alone is counted in summaries.
    """

    row: int
    text: str
    stage: Stage
    reason: str

    def __bool__(self) -> bool:
        return False

    @property
    def kind(self) -> str:
        """The part of the reason before the colon: what summaries count."""
        return self.reason.partition(":")[0]
