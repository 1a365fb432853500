"""How a task can fail: by an exception, a crash, a kill from outside, or by taking too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Failure(Exception):
    """A task that gave no result.

    Parameters
    ----------
    reason
        ``"kind: detail"``, for the row of a table if it was a single one.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Raised(Failure):
    """An exception of Python, after which the process is ready for more."""


class Crashed(Failure):
    """The process ended by itself, as with a fault in C++."""


class Stopped(Failure):
    """The process was ended from outside: by a user, for want of memory, with its machine."""


class TimedOut(Failure):
    """No result came in the time allowed, and the process was ended."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"timeout: no result after {seconds:g} s")


def run_task(work: Callable[[Any], Any], task: Any) -> Any:
    """Return the result of *work*, or the exception that it raises as a `Raised`."""
    try:
        return work(task)
    except Exception as error:
        return Raised(f"error: {in_one_line(error)}")


def in_one_line(error: BaseException) -> str:
    """Return an exception's type and message."""
    return " ".join(f"{type(error).__name__}: {error}".rstrip(": ").split())
