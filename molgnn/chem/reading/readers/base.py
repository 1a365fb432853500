"""What every reader is: one opened file, its columns, and its rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from molgnn.chem.reading.cell_types import TEXT
from molgnn.chem.reading.enhanced_stereo import EnhancedStereo
from molgnn.chem.reading.sources import Source
from molgnn.chem.records import Row
from molgnn.errors import TableError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reader(ABC):
    """A file of which it is known how it is written.

    Parameters
    ----------
    source
        Where its bytes come from.
    columns
        The names of the columns.
    smiles_index
        Which of them holds the SMILES.
    id_index
        Which of them names the row, where the kind of file has one that does.
    notes
        How the file is read where it could be read otherwise. A parameter is written ``name=…``.
    enhanced_stereo
        What `rows` has found of it.
    """

    source: Source
    columns: tuple[str, ...]
    smiles_index: int
    id_index: int | None
    notes: tuple[str, ...] = field(default=(), kw_only=True)
    enhanced_stereo: EnhancedStereo = field(
        default_factory=EnhancedStereo, kw_only=True, repr=False, compare=False
    )

    @property
    def decimal(self) -> str:
        """What stands before the decimals of numbers, as far as the kind of file tells."""
        return "."

    @abstractmethod
    def rows(self, picks: Sequence[int]) -> Generator[Row]:
        """Yield every row of the file, holding a bounded number at a time.

        Parameters
        ----------
        picks
            Which columns the rows' fields are, in this order.

        Raises
        ------
        FileProblem
            If the file cannot be read any further.
        """

    @property
    def types(self) -> tuple[str, ...]:
        """What the cells of each column are, as `molgnn.chem.reading.cell_types` calls it."""
        return (TEXT,) * len(self.columns)

    @property
    def text_columns(self) -> frozenset[int]:
        """Which columns hold texts by their type, so that none of their cells is a number."""
        return frozenset()

    @property
    def index(self) -> pd.Index[Any] | None:
        """The labels of the rows, where the table has some; a file has lines."""
        return None


Opener = Callable[[Source, str | None], Reader]
"""Finds out how a source is written, given the name of its SMILES column where the user has."""


def choose_cells(
    picks: Sequence[int], n_columns: int
) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return the function from a row's cells to those picked."""
    if list(picks) == list(range(n_columns)):
        return tuple
    if len(picks) == 1:
        (index,) = picks
        return lambda cells: (cells[index],)
    return itemgetter(*picks)


def refuse_column(source: Source, got: str, why: str) -> TableError:
    """Say that a kind of file, whose columns are given, lets nobody choose the one of SMILES."""
    return TableError(
        f"expected no name of a SMILES column for {source} but got {got!r}: {why}; fix: leave it "
        "out, or rename a table to .csv or .tsv"
    )


def empty(source: Source) -> TableError:
    """Say that there is nothing to read."""
    return TableError(f"{source}: expected rows but the file is empty; fix: fetch it again")
