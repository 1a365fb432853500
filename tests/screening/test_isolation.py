from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from molgnn.chem.records import Rejected
from molgnn.errors import MolgnnError
from molgnn.predictor.predictions import Predictions
from molgnn.predictor.schema import OutputColumn, Role
from molgnn.processes.failures import Crashed, Failure, Raised, Stopped, TimedOut
from molgnn.screening.engines.isolation import CONTROL, MAX_FAILURES_IN_A_ROW, Isolation
from molgnn.tasks import Task, Tasks

TASKS = Tasks([Task("a"), Task("b"), Task("c")])
N_LETTERS = OutputColumn("letters", Role.PROPERTY, dtype="int64")
FAILURES = [
    Raised("error: it is"),
    Crashed("crash: it did"),
    Stopped("crash: it was"),
    TimedOut(60),
]


class Scorer:
    """Scores by length and fails as it is told to, counting what it was asked."""

    def __init__(self, lengths: Callable[[list[str]], Predictions]) -> None:
        self.failures: dict[str, Failure] = {}
        self.asked: Counter[tuple[str, ...]] = Counter()
        self.seconds: list[float] = []
        self._lengths = lengths

    def __call__(self, smiles: list[str], seconds: float) -> Predictions:
        self.asked[tuple(smiles)] += 1
        self.seconds.append(seconds)
        for text in smiles:
            if text in self.failures:
                raise self.failures[text]
        letters = np.array([len(text) for text in smiles])
        return replace(self._lengths(smiles), added={N_LETTERS: letters})


@pytest.fixture
def scorer(faults: Any) -> Scorer:
    return Scorer(faults.score_lengths)


def isolation(scorer: Any) -> Isolation:
    def blank(smiles: str, why: Rejected) -> Predictions:
        return Predictions.blank([smiles], TASKS, [N_LETTERS], why)

    return Isolation(scorer, blank, row_timeout=60)


def test_a_chunk_without_fault_is_asked_for_once(scorer: Scorer) -> None:
    assert isolation(scorer).score(["C", "", "CC"]).values[:, 0].tolist() == pytest.approx(
        [1, math.nan, 2], nan_ok=True
    )
    assert scorer.asked.total() == 1


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_each_row_that_fails_is_rejected_for_its_own_reason_and_the_rest_scored(
    scorer: Scorer, failure: Failure
) -> None:
    scorer.failures = {"bad": failure, "worse": Raised("error: worse")}
    scores = isolation(scorer).score(["C", "bad", "", "worse", "CC"])
    assert {row: why.reason for row, why in scores.rejected.items()} == {
        1: failure.reason,
        2: "blank: it is",
        3: "error: worse",
    }
    assert [(why.row, why.text) for why in scores.rejected.values()] == [
        (1, "bad"), (2, ""), (3, "worse"),
    ]  # fmt: skip
    assert scores.values[:, 2].tolist() == pytest.approx([1] + [math.nan] * 3 + [2], nan_ok=True)
    assert scores.smiles == ("C", "bad", "", "worse", "CC")
    assert scores["letters"].tolist() == [1, None, None, None, 2]


def test_the_rest_of_a_chunk_is_scored_together_as_it_would_have_been(scorer: Scorer) -> None:
    scorer.failures = {"bad": Crashed("crash: it did")}
    isolation(scorer).score(["C", "bad", "CC"])
    assert list(scorer.asked)[-1] == ("C", "", "CC")


def test_what_is_stopped_from_outside_is_asked_again_before_any_row_is_blamed(
    scorer: Scorer,
) -> None:
    stops = iter([Stopped("crash: it was"), Stopped("crash: it was")])

    def ask(smiles: list[str], seconds: float) -> Predictions:
        for stop in stops:
            raise stop
        return scorer(smiles, seconds)

    assert isolation(ask).score(["C", "CC"]).rejected == {}
    assert scorer.asked == {("C", "CC"): 1}


def test_a_chunk_that_fails_only_as_a_whole_is_scored_row_by_row(scorer: Scorer) -> None:
    def ask(smiles: list[str], seconds: float) -> Predictions:
        if len(smiles) > 1:
            raise Crashed("crash: too large")
        return scorer(smiles, seconds)

    scores = isolation(ask).score(["C", "", "CC"])
    assert scores.values[[0, 2], 0].tolist() == [1, 2]
    assert [(row, why.row) for row, why in scores.rejected.items()] == [(1, 1)]


def test_a_chunk_of_slow_rows_is_scored_if_each_is_in_time(scorer: Scorer) -> None:
    def ask(smiles: list[str], seconds: float) -> Predictions:
        if 40 * len(smiles) > seconds:
            raise TimedOut(seconds)
        return scorer(smiles, seconds)

    assert isolation(ask).score(["C", "CC", "CCC"]).values[:, 0].tolist() == [1, 2, 3]


def test_a_chunk_may_take_longer_than_a_row_but_a_row_no_longer_than_allowed(
    scorer: Scorer,
) -> None:
    scorer.failures = {"bad": TimedOut(60)}
    isolation(scorer).score(["C"] * 1000 + ["bad"])
    chunk, *rows, again = scorer.seconds
    assert chunk > 60
    assert set(rows) == {60}
    assert again >= 60


@pytest.mark.parametrize("n_before", [0, 2])
@pytest.mark.parametrize("n_rows", [1, 5, 1000])
def test_a_scorer_that_fails_with_all_from_some_chunk_on_ends_the_job(
    scorer: Scorer, n_rows: int, n_before: int
) -> None:
    job, chunk = isolation(scorer), ["C"] * n_rows
    for _ in range(n_before):
        assert job.score(chunk).rejected == {}
    scorer.failures = {text: Raised("error: device lost") for text in ("C", CONTROL)}
    with pytest.raises(MolgnnError, match=r"no row can be scored.*device lost; fix:"):
        job.score(chunk)
    assert scorer.asked["C",] <= MAX_FAILURES_IN_A_ROW + n_before


def test_rows_that_are_no_molecules_do_not_vouch_for_the_scorer(scorer: Scorer) -> None:
    scorer.failures = {text: Raised("error: device lost") for text in ("C", CONTROL)}
    with pytest.raises(MolgnnError, match="device lost"):
        isolation(scorer).score(["C", ""] * 5)


def test_a_scorer_that_fails_in_mid_chunk_blames_no_row_for_it(scorer: Scorer) -> None:
    scorer.failures = {text: Raised("error: device lost") for text in ("CC", CONTROL)}
    with pytest.raises(MolgnnError, match="device lost"):
        isolation(scorer).score(["C", "C", "CC", "CC"])


@pytest.mark.parametrize("n_rows", [1, MAX_FAILURES_IN_A_ROW - 1, MAX_FAILURES_IN_A_ROW, 50])
@pytest.mark.parametrize("before", [[], ["C"]])
@pytest.mark.parametrize("after", [[], ["C"]])
def test_any_number_of_rows_may_fail(
    scorer: Scorer, n_rows: int, before: list[str], after: list[str]
) -> None:
    scorer.failures = {"bad": Raised("error: it is")}
    scores = isolation(scorer).score(before + ["bad"] * n_rows + after)
    assert list(scores.rejected) == list(range(len(before), len(before) + n_rows))


def test_any_other_exception_passes(scorer: Scorer) -> None:
    def ask(smiles: list[str], seconds: float) -> Predictions:
        raise MolgnnError("the model cannot be loaded")

    with pytest.raises(MolgnnError, match="cannot be loaded"):
        isolation(ask).score(["C"])
