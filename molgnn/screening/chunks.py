"""A library in pieces: what goes into an engine, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from molgnn.chem.records import Rejected, Row
    from molgnn.predictor.predictor import Predictor


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that follow one another in the library and are scored together."""

    rows: tuple[Row, ...]

    @property
    def smiles(self) -> list[str]:
        """All that an engine needs to know of the rows."""
        return [row.smiles for row in self.rows]


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model says of a chunk.

    Parameters
    ----------
    values
        One row per row of the chunk; NaN throughout where it was rejected.
    rejected
        Position in the chunk to why it was rejected.
    """

    values: Float[np.ndarray, "mols tasks"]
    rejected: dict[int, Rejected]


@dataclass(frozen=True, slots=True)
class ScoredChunk:
    """A chunk with its scores."""

    rows: tuple[Row, ...]
    scores: Scores

    def take(self, positions: Sequence[int]) -> ScoredChunk:
        """Return the rows at *positions* alone, in that order."""
        places = {position: place for place, position in enumerate(positions)}
        rejected = {
            places[position]: why
            for position, why in self.scores.rejected.items()
            if position in places
        }
        return ScoredChunk(
            tuple(self.rows[position] for position in positions),
            Scores(self.scores.values[list(positions)], rejected),
        )


def split_into_chunks(rows: Iterable[Row], size: int) -> Iterator[Chunk]:
    """Yield the rows in chunks of *size*, the last one shorter, reading no further than asked."""
    remaining = iter(rows)
    while piece := tuple(islice(remaining, size)):
        yield Chunk(piece)


def score(predictor: Predictor, smiles: list[str]) -> Scores:
    """Return what *predictor* says of a chunk's SMILES."""
    predictions = predictor.predict(smiles)
    return Scores(predictions.values, predictions.rejected)
