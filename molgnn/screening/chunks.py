"""A library in pieces: what goes into an engine, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from molgnn.chem.records import Row
    from molgnn.predictor.predictions import Predictions


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that follow one another in the library and are scored together."""

    rows: tuple[Row, ...]

    @property
    def smiles(self) -> list[str]:
        """All that an engine needs to know of the rows."""
        return [row.smiles for row in self.rows]


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """A chunk with what the model predicts of its rows."""

    rows: tuple[Row, ...]
    predictions: Predictions

    def take(self, positions: Sequence[int]) -> ScoredChunk:
        """Return the rows at *positions* alone, in that order."""
        rows = tuple(self.rows[position] for position in positions)
        return ScoredChunk(rows, self.predictions.take(positions))


def split_into_chunks(rows: Iterable[Row], size: int) -> Iterator[Chunk]:
    """Yield the rows in chunks of *size*, the last one shorter, reading no further than asked."""
    remaining = iter(rows)
    while piece := tuple(islice(remaining, size)):
        yield Chunk(piece)
