"""Where scored chunks go: into parts as they come, and from these into an output."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from molgnn.predictor.predictions import Predictions
from molgnn.screening.best import Best, Candidate
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.criteria import Criteria
from molgnn.screening.expression import Expression
from molgnn.screening.formats.base import OutputFormat
from molgnn.screening.summary import Counts

_ROWS_PER_PIECE = 1024


class Sink(ABC):
    """Takes every scored chunk, in order, and in the end writes what is selected of them.

    Several sinks share one pass over the library. What one was given since the last `commit` goes
    into a part, a file that the caller keeps. A new sink that is given all parts by `restore` goes
    on as this one would have; if they end at the same rows, the output is the same to the byte.

    Parameters
    ----------
    output_format
        How rows are written.
    criteria
        Which rows are.
    """

    def __init__(self, output_format: OutputFormat[Any], criteria: Criteria) -> None:
        self.format = output_format
        self._criteria = criteria

    @abstractmethod
    def add(self, chunk: ScoredChunk) -> int:
        """Take the rows of *chunk*, and return how many of them match."""

    def count(self, chunk: ScoredChunk, matched: int) -> Counts:
        """Return what became of the rows of *chunk*, of which so many *matched*."""
        return Counts.of(chunk, matched, self._criteria.find_unread(chunk))

    @abstractmethod
    def commit(self, part: BinaryIO) -> None:
        """Write to *part* what was added since the last time."""

    @abstractmethod
    def restore(self, parts: Iterable[Path]) -> None:
        """Take up what an interrupted run has committed, before anything is added."""

    @abstractmethod
    def finish(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """Write to *output* what all *parts* hold."""

    @abstractmethod
    def select(self, chunks: Iterable[ScoredChunk]) -> Iterator[tuple[ScoredChunk, Counts]]:
        """Yield what is written of *chunks*, without parts, each row as soon as that is possible.

        With it goes what became of the rows that were read meanwhile.
        """


def make_sink(kind: type[OutputFormat[Any]], criteria: Criteria) -> Sink:
    """Return what writes the rows of a library that meet *criteria*.

    Parameters
    ----------
    kind
        As `molgnn.screening.formats.find_format` returns it.
    criteria
        Which rows are written, and their columns. If the best are wanted, a first one ``rank`` is
        added, from 1.
    """
    table = criteria.table
    if criteria.top is None or criteria.by is None:
        return TableSink(kind(table), criteria)
    return TopSink(kind(table.with_ranks()), criteria, criteria.top, criteria.by)


class TableSink(Sink):
    """Writes the rows for which the condition holds, in their order; without it, all."""

    def __init__(self, output_format: OutputFormat[Any], criteria: Criteria) -> None:
        super().__init__(output_format, criteria)
        self._pieces: list[Any] = []

    def add(self, chunk: ScoredChunk) -> int:
        """Encode the rows that match, which takes longer than to write them."""
        matching = self._matching(chunk)
        self._pieces.append(self.format.encode(matching))
        return len(matching.rows)

    def commit(self, part: BinaryIO) -> None:
        """Write the rows as they will stand in the output."""
        self.format.write_part(self._pieces, part)
        self._pieces.clear()

    def restore(self, parts: Iterable[Path]) -> None:
        """Do nothing: what is committed is done."""

    def finish(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """Merge the parts."""
        self.format.merge(_opened(parts), output)

    def select(self, chunks: Iterable[ScoredChunk]) -> Iterator[tuple[ScoredChunk, Counts]]:
        """Yield the rows of each chunk that match."""
        for chunk in chunks:
            matching = self._matching(chunk)
            yield matching, self.count(chunk, len(matching.rows))

    def _matching(self, chunk: ScoredChunk) -> ScoredChunk:
        where = self._criteria.where
        if where is None:
            return chunk
        matching = chunk.take(np.flatnonzero(where(chunk)).tolist())
        return ScoredChunk(self._criteria.written(matching.rows), matching.predictions)


class TopSink(Sink):
    """Writes the rows whose number *by* is the largest, the best first, with their ranks.

    Parameters
    ----------
    output_format
        Its first column is the rank.
    criteria
        Rows for which its condition does not hold are no candidates.
    size
        How many rows are written.
    by
        Of each row; if it is NaN, the row is no candidate.
    """

    def __init__(
        self,
        output_format: OutputFormat[Any],
        criteria: Criteria,
        size: int,
        by: Expression,
    ) -> None:
        super().__init__(output_format, criteria)
        self._best = Best(size)
        self._by = by
        self._sign = -1.0 if criteria.ascending else 1.0

    def add(self, chunk: ScoredChunk) -> int:
        """Keep those rows that are among the best so far."""
        keys = self._sign * self._by(chunk)
        if self._criteria.where is not None:
            keys[~self._criteria.where(chunk)] = np.nan
        predictions = chunk.predictions
        self._best.offer(
            Candidate(float(keys[position]), -row.number, row, predictions.cells_of(position))
            for position in np.flatnonzero(keys >= self._best.threshold).tolist()
            for row in self._criteria.written((chunk.rows[position],))
        )
        return int(np.count_nonzero(~np.isnan(keys)))

    def commit(self, part: BinaryIO) -> None:
        """Write what has come to be among the best, for `restore` alone."""
        part.write(self._best.commit())

    def restore(self, parts: Iterable[Path]) -> None:
        """Choose the best of what was committed."""
        for part in _opened(parts):
            self._best.restore(part)

    def finish(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """Write the best, which are at hand."""
        pieces = [self.format.encode(chunk) for chunk in self._ranked_chunks()]
        part = io.BytesIO()
        self.format.write_part(pieces, part)
        part.seek(0)
        self.format.merge([part], output)

    def select(self, chunks: Iterable[ScoredChunk]) -> Iterator[tuple[ScoredChunk, Counts]]:
        """Yield nothing but counts, and the best when all rows have been seen."""
        for chunk in chunks:
            yield chunk.take([]), self.count(chunk, self.add(chunk))
        for best in self._ranked_chunks():
            yield best, Counts()

    def _ranked_chunks(self) -> Iterator[ScoredChunk]:
        ranking = self._best.ranking()
        for start in range(0, len(ranking), _ROWS_PER_PIECE):
            yield self._ranked(ranking[start : start + _ROWS_PER_PIECE], start + 1)

    def _ranked(self, candidates: Sequence[Candidate], first: int) -> ScoredChunk:
        """Return candidates as rows that begin with their ranks, from *first* on."""
        rows = tuple(
            replace(candidate.row, fields=(str(rank), *candidate.row.fields))
            for rank, candidate in enumerate(candidates, first)
        )
        table = self.format.table
        predictions = Predictions.of_cells(
            [row.smiles for row in rows],
            table.tasks,
            table.added,
            [candidate.cells for candidate in candidates],
        )
        return ScoredChunk(rows, predictions)


def _opened(parts: Iterable[Path]) -> Iterator[BinaryIO]:
    for part in parts:
        with part.open("rb") as file:
            yield file
