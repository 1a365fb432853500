"""A signal becomes an exception inside the block, and nothing outside."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from molgnn.signals import signals_raise

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals to a process are Unix's")


class Ended(Exception):
    """What is raised."""


def test_a_signal_raises_and_its_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Ended, match="15"), signals_raise(["SIGTERM", "SIGNONE"], Ended):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_that_is_handled_or_ignored_already_may_be_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with signals_raise(["SIGTERM"], Ended, if_default=True):
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_another_thread_has_no_signals_to_handle() -> None:
    entered = []

    def enter() -> None:
        with signals_raise(["SIGTERM"], Ended):
            entered.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert entered == [signal.getsignal(signal.SIGTERM)]
