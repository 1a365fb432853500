"""Where scored chunks go: into parts as they come, and from these into the output."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from molgnn.screening.best import Best, Candidate
from molgnn.screening.chunks import ScoredChunk, Scores
from molgnn.screening.expression import Expression, parse_condition, parse_number
from molgnn.screening.formats.base import OutputFormat, new_names
from molgnn.screening.selection import Selection

_ROWS_PER_PIECE = 1024


class Sink(ABC):
    """Takes every scored chunk, in order, and in the end writes what is selected of them.

    What it was given since the last `commit` goes into a part, a file that the caller keeps. A new
    sink that is given all parts by `restore` goes on as this one would have; if they end at
    the same rows, the output is the same to the byte.
    """

    @abstractmethod
    def add(self, chunk: ScoredChunk) -> int:
        """Take the rows of *chunk*, and return how many of them match."""

    @abstractmethod
    def commit(self, part: BinaryIO) -> None:
        """Write to *part* what was added since the last time."""

    @abstractmethod
    def restore(self, parts: Iterable[Path]) -> None:
        """Take up what an interrupted run has committed, before anything is added."""

    @abstractmethod
    def finish(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """Write to *output* what all *parts* hold."""


def make_sink(
    kind: type[OutputFormat[Any]],
    columns: Sequence[str],
    tasks: Sequence[str],
    selection: Selection,
    *,
    id_index: int | None = None,
) -> Sink:
    """Return what writes the *selection* of a library.

    Parameters
    ----------
    kind
        As `molgnn.screening.formats.find_format` returns it.
    columns
        The library's columns.
    tasks
        The names of the model's tasks.
    selection
        If it is of the best, the output begins with a column ``rank``, from 1.
    id_index
        Which of the columns names a molecule, where one does.

    Raises
    ------
    ConfigError
        If an expression of the selection cannot be read.
    """
    where = None if selection.where is None else parse_condition(selection.where, tasks)
    if selection.top is None or selection.by is None:
        return TableSink(kind(columns, tasks, id_index=id_index), where)
    by = parse_number(selection.by, tasks)
    columns = [*new_names(columns, ["rank"]), *columns]
    if id_index is not None:
        id_index += 1
    output_format = kind(columns, tasks, id_index=id_index, ranked=True)
    return TopSink(output_format, where, selection.top, by, ascending=selection.ascending)


class TableSink(Sink):
    """Writes the rows for which *where* holds, in their order; without it, all."""

    def __init__(self, output_format: OutputFormat[Any], where: Expression | None) -> None:
        self._format = output_format
        self._where = where
        self._pieces: list[Any] = []

    def add(self, chunk: ScoredChunk) -> int:
        """Encode the rows that match, which takes longer than to write them."""
        if self._where is not None:
            chunk = chunk.take(np.flatnonzero(self._where(chunk.scores.values)).tolist())
        self._pieces.append(self._format.encode(chunk))
        return len(chunk.rows)

    def commit(self, part: BinaryIO) -> None:
        """Write the rows as they will stand in the output."""
        self._format.write_part(self._pieces, part)
        self._pieces.clear()

    def restore(self, parts: Iterable[Path]) -> None:
        """Do nothing: what is committed is done."""

    def finish(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """Merge the parts."""
        self._format.merge(_opened(parts), output)


class TopSink(Sink):
    """Writes the rows whose number *by* is the largest, the best first, with their ranks.

    Parameters
    ----------
    output_format
        Its first column is the rank.
    where
        Rows for which it does not hold are no candidates.
    size
        How many rows are written.
    by
        Of each row; if it is NaN, the row is no candidate.
    ascending
        Whether the smallest number is the best.
    """

    def __init__(
        self,
        output_format: OutputFormat[Any],
        where: Expression | None,
        size: int,
        by: Expression,
        *,
        ascending: bool,
    ) -> None:
        self._format = output_format
        self._where = where
        self._best = Best(size)
        self._by = by
        self._sign = -1.0 if ascending else 1.0

    def add(self, chunk: ScoredChunk) -> int:
        """Keep those rows that are among the best so far."""
        values = chunk.scores.values
        keys = self._sign * self._by(values)
        if self._where is not None:
            keys[~self._where(values)] = np.nan
        self._best.offer(
            Candidate(float(keys[position]), -row.number, row, tuple(values[position].tolist()))
            for position in np.flatnonzero(keys >= self._best.bar)
            for row in [chunk.rows[position]]
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
        ranking = self._best.ranking()
        pieces = [
            self._format.encode(_ranked(ranking[start : start + _ROWS_PER_PIECE], start + 1))
            for start in range(0, len(ranking), _ROWS_PER_PIECE)
        ]
        part = io.BytesIO()
        self._format.write_part(pieces, part)
        part.seek(0)
        self._format.merge([part], output)


def _ranked(candidates: Sequence[Candidate], first: int) -> ScoredChunk:
    """Return candidates as rows that begin with their ranks, from *first* on."""
    rows = [
        replace(candidate.row, fields=(str(rank), *candidate.row.fields))
        for rank, candidate in enumerate(candidates, first)
    ]
    values = np.array([candidate.scores for candidate in candidates], dtype=np.float32)
    return ScoredChunk(tuple(rows), Scores(values, {}))


def _opened(parts: Iterable[Path]) -> Iterator[BinaryIO]:
    for part in parts:
        with part.open("rb") as file:
            yield file
