"""Signals as exceptions, so that whatever was at work cleans up after itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType


@contextmanager
def signals_raise(
    names: Sequence[str], make_error: Callable[[int], BaseException], *, if_default: bool = False
) -> Iterator[None]:
    """Raise an exception inside the block when one of these signals comes.

    Parameters
    ----------
    names
        Such as ``"SIGTERM"``; what the system does not have is left out.
    make_error
        Returns what to raise for a signal's number.
    if_default
        Whether a signal that has a handler, or is ignored as under nohup, is left alone.

    Notes
    -----
    Outside the main thread, where Python handles no signals, the block runs without any.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def raise_error(number: int, _: FrameType | None) -> None:
        raise make_error(number)

    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    if if_default:
        before = {each: handler for each, handler in before.items() if handler is signal.SIG_DFL}
    try:
        for number in before:
            signal.signal(number, raise_error)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
