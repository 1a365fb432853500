"""A bad row costs that row: what is done when the scoring of a chunk fails.

Whoever scores is given as a function, so that every engine is as forgiving as the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from molgnn.chem.records import Rejected, Stage
from molgnn.errors import MolgnnError
from molgnn.screening.chunks import Scores

ATTEMPTS = 3  # for what was stopped from outside, which is no fault of the rows
SECONDS_PER_ROW = 0.05  # twenty rows a second is slow, but no sign of a row that hangs
MOST_LOST_AT_FIRST = 20  # where so many fail before any is scored, the rows are not at fault


class Failure(Exception):
    """The scoring of some rows gave nothing.

    Parameters
    ----------
    reason
        ``"kind: detail"``, for the table if it was a single row.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Raised(Failure):
    """An exception of Python, after which the scorer is ready for more."""


class Crashed(Failure):
    """The scorer ended by itself, as with a fault in C++."""


class Stopped(Failure):
    """The scorer was ended from outside: by a user, for want of memory, with its machine."""


class TookTooLong(Failure):
    """No result came in the time allowed, and the scorer was ended."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"timeout: no result after {seconds:g} s")


class Isolation:
    """Scores chunks by a function that may fail, and loses no more than the guilty rows.

    A chunk that fails is scored row by row, and each row that fails alone is rejected for that
    reason. What is left is then scored as a whole again, since a molecule's last digits may depend
    on its company: a chunk without a guilty row gives the same bytes whatever happened on the way.

    Parameters
    ----------
    ask
        Scores SMILES within the seconds given or raises `Failure`. Any other exception ends the
        job.
    n_tasks
        How many values a row has.
    row_timeout
        The seconds that a row may take. A chunk may take that, and the little that each of its rows
        takes on the slowest computer.
    """

    def __init__(
        self, ask: Callable[[list[str], float], Scores], n_tasks: int, row_timeout: float
    ) -> None:
        self._ask = ask
        self._n_tasks = n_tasks
        self._row_timeout = row_timeout
        self._has_scored = False

    def score(self, smiles: list[str]) -> Scores:
        """Return the scores of a chunk, with its guilty rows rejected.

        Raises
        ------
        MolgnnError
            If the first rows of the job fail one and all, so that it cannot be their fault.
        """
        try:
            return self._attempt(smiles, self._row_timeout + SECONDS_PER_ROW * len(smiles))
        except Failure:
            started = time.monotonic()
            one_by_one, guilty = self._walk(smiles)
            seconds = self._row_timeout + 2 * (time.monotonic() - started)
        innocent = ["" if row in guilty else text for row, text in enumerate(smiles)]
        try:
            together = self._attempt(innocent, seconds)
        except Failure:  # only as a whole, as where it takes more memory than there is
            return one_by_one
        return Scores(together.values, dict(sorted((together.rejected | guilty).items())))

    def _attempt(self, smiles: list[str], seconds: float) -> Scores:
        """Ask, and ask again if the scorer is stopped."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                scores = self._ask(smiles, seconds)
            except Stopped:
                if attempt == ATTEMPTS:
                    raise
            else:
                self._has_scored = True
                break
        return scores

    def _walk(self, smiles: list[str]) -> tuple[Scores, dict[int, Rejected]]:
        """Score row by row; return that, and by position the rows that failed."""
        import numpy as np

        values = np.full((len(smiles), self._n_tasks), np.nan, dtype=np.float32)
        rejected: dict[int, Rejected] = {}
        guilty: dict[int, Rejected] = {}
        for row, text in enumerate(smiles):
            try:
                scores = self._attempt([text], self._row_timeout)
            except Failure as failure:
                guilty[row] = Rejected(row, text, Stage.PREDICT, failure.reason)
                self._check_that_any_is_scored(len(guilty), failure)
            else:
                values[row] = scores.values[0]
                rejected.update((row, replace(why, row=row)) for why in scores.rejected.values())
        return Scores(values, dict(sorted((rejected | guilty).items()))), guilty

    def _check_that_any_is_scored(self, n_guilty: int, failure: Failure) -> None:
        if n_guilty >= MOST_LOST_AT_FIRST and not self._has_scored:
            raise MolgnnError(
                f"none of the first {n_guilty} rows could be scored, the last for this reason: "
                f"{failure.reason}; fix: see whether `molgnn doctor` finds the cause"
            ) from failure


def answer(work: Callable[[Any], Any], task: Any) -> Any:
    """Return the result of *work*, or the exception that it raises as a `Raised`."""
    try:
        return work(task)
    except Exception as error:
        detail = f"{type(error).__name__}: {error}".rstrip(": ")
        return Raised(f"error: {' '.join(detail.split())}")
