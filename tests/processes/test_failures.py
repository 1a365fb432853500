from __future__ import annotations

import pickle

import pytest

from molgnn.processes.failures import Crashed, Raised, run_task


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("no such\nthing"), "error: ValueError: no such thing"),
        (MemoryError(), "error: MemoryError"),
    ],
)
def test_an_exception_becomes_a_reason_of_one_line(error: Exception, reason: str) -> None:
    def work(_: object) -> None:
        raise error

    assert run_task(work, None).reason == reason


def test_failures_travel_between_processes() -> None:
    for failure in [Raised("error: it is"), Crashed("crash: it did")]:
        assert pickle.loads(pickle.dumps(failure)).reason == failure.reason
