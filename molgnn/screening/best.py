"""The best rows so far, in a memory of as many, which an interrupted run finds again."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple

from molgnn.chem.records import Row


class Candidate(NamedTuple):
    """A row that may be among the best; of two, the better is the greater, as tuples compare.

    Parameters
    ----------
    key
        What decides; a number.
    precedence
        Of equal keys, what decides: no two rows have the same.
    row
        As it was read.
    cells
        What is predicted, as `Predictions.cells_of` gives it.
    """

    key: float
    precedence: int
    row: Row
    cells: tuple[Any, ...]


class Best:
    """Keeps the *size* greatest of all candidates."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: list[Candidate] = []  # a heap: the worst stands first
        self._new: list[Candidate] = []

    @property
    def threshold(self) -> float:
        """The key below which no candidate is kept."""
        return self._kept[0].key if len(self._kept) == self._size else -math.inf

    def offer(self, candidates: Iterable[Candidate]) -> None:
        """Keep those that are better than what is kept."""
        for candidate in candidates:
            if self._keep(candidate):
                self._new.append(candidate)

    def commit(self) -> bytes:
        """Return those that were offered since the last time and are still kept, one per line."""
        lines = [_to_line(each) for each in self._new if each >= self._kept[0]]
        self._new.clear()
        return b"".join(lines)

    def restore(self, lines: Iterable[bytes]) -> None:
        """Keep the best of what `commit` returned in an earlier run."""
        for line in lines:
            self._keep(_from_line(line))

    def ranking(self) -> list[Candidate]:
        """Return what is kept, the best first."""
        return sorted(self._kept, reverse=True)

    def _keep(self, candidate: Candidate) -> bool:
        if len(self._kept) < self._size:
            heapq.heappush(self._kept, candidate)
            return True
        return heapq.heappushpop(self._kept, candidate) is not candidate


def _to_line(candidate: Candidate) -> bytes:
    """Write a candidate so that it comes back to the last bit, bytes that are no UTF-8 included."""
    key, precedence, row, cells = candidate
    return json.dumps([key, precedence, asdict(row), cells]).encode("ascii") + b"\n"


def _from_line(line: bytes) -> Candidate:
    key, precedence, row, cells = json.loads(line)
    row["fields"] = tuple(row["fields"])
    return Candidate(key, precedence, Row(**row), tuple(cells))
