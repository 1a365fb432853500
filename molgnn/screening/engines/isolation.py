"""Isolate rows that crash, hang or raise, so that a bad row costs that row alone.

Whoever scores is given as a function, so that every engine is as forgiving as the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from molgnn.chem.records import Rejected, Stage
from molgnn.errors import MolgnnError
from molgnn.processes.failures import Failure, Stopped

if TYPE_CHECKING:
    from molgnn.predictor.predictions import Predictions

ATTEMPTS = 3  # for what was stopped from outside, which is no fault of the rows
SECONDS_PER_ROW = 0.05  # twenty rows a second is slow, but no sign of a row that hangs
MAX_FAILURES_IN_A_ROW = 20  # where so many rows fail one after the other, it may not be their fault
CONTROL = "CN1C=NC2=C1C(=O)N(C)C(=O)N2C"  # caffeine, for which any sound scorer has an answer


class Isolation:
    """Scores chunks by a function that may fail, and loses no more than the rows that fail.

    A chunk that fails is scored row by row, and each row that fails alone is rejected for that
    reason. What is left is then scored as a whole again, since a molecule's last digits may depend
    on its company: a chunk without such a row gives the same bytes whatever happened on the way.

    Rows are blamed only where the scorer is sound, as it is if it has an answer for the next row,
    or for the control. A GPU that has failed, for one, fails with every row from then on.

    Parameters
    ----------
    ask
        Scores SMILES within the seconds given or raises `Failure`. Any other exception ends the
        job.
    blank
        Returns a row without predictions, given its SMILES and why.
    row_timeout
        The seconds that a row may take. A chunk may take that, and the little that each of its rows
        takes on the slowest computer.
    """

    def __init__(
        self,
        ask: Callable[[list[str], float], Predictions],
        blank: Callable[[str, Rejected], Predictions],
        row_timeout: float,
    ) -> None:
        self._ask = ask
        self._blank = blank
        self._row_timeout = row_timeout

    def score(self, smiles: list[str]) -> Predictions:
        """Return the predictions of a chunk, with the rows rejected that failed.

        Raises
        ------
        MolgnnError
            If rows and the control fail, so that it cannot be the fault of the rows.
        """
        try:
            return self._attempt(smiles, self._row_timeout + SECONDS_PER_ROW * len(smiles))
        except Failure:
            started = time.monotonic()
            one_by_one, failed = self._score_each_row(smiles)
            seconds = self._row_timeout + 2 * (time.monotonic() - started)
        others = ["" if row in failed else text for row, text in enumerate(smiles)]
        try:
            together = self._attempt(others, seconds)
        except Failure:  # only as a whole, as where it takes more memory than there is
            return one_by_one
        rejected = dict(sorted((together.rejected | failed).items()))
        return replace(together, smiles=tuple(smiles), rejected=rejected)

    def _attempt(self, smiles: list[str], seconds: float) -> Predictions:
        """Ask, and ask again if the scorer is stopped."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                predictions = self._ask(smiles, seconds)
                break
            except Stopped:
                if attempt == ATTEMPTS:
                    raise
        return predictions

    def _score_each_row(self, smiles: list[str]) -> tuple[Predictions, dict[int, Rejected]]:
        """Score row by row; return that, and by position the rows that failed."""
        from molgnn.predictor.predictions import Predictions

        rows: list[Predictions] = []
        failed: dict[int, Rejected] = {}
        n_in_a_row = 0
        for row, text in enumerate(smiles):
            try:
                scored = self._attempt([text], self._row_timeout)
            except Failure as failure:
                failed[row] = Rejected(row, text, Stage.PREDICT, failure.reason)
                scored = self._blank(text, failed[row])
                n_in_a_row += 1
                if n_in_a_row == MAX_FAILURES_IN_A_ROW:
                    self._check_scorer()
                    n_in_a_row = 0
            else:
                if not scored.rejected:  # what is no molecule is rejected without the network
                    n_in_a_row = 0
            rows.append(scored)
        if n_in_a_row:
            self._check_scorer()
        return Predictions.concatenate(rows), failed

    def _check_scorer(self) -> None:
        """Make sure that it has an answer for a molecule that is not at fault."""
        try:
            self._attempt([CONTROL], self._row_timeout)
        except Failure as failure:
            raise MolgnnError(
                f"no row can be scored (any more), not even caffeine: {failure.reason}; fix: see "
                "whether `molgnn doctor` finds the cause; if one row is the cause, the engine "
                "processes rejects it"
            ) from failure
