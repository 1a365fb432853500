"""How a screening is stopped: as by an exception, whatever stops it, and saying how it goes on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from molgnn.screening.manifest import Manifest


@contextmanager
def saying_how_to_go_on(manifest: Manifest, *, is_possible: bool) -> Iterator[None]:
    """Note on whatever ends the block how many rows are safe; if that is of no use, forget them."""
    try:
        yield
    except BaseException as error:
        if not is_possible:
            manifest.forget()
        elif manifest.parts and all(path.exists() for path in manifest.paths):
            error.add_note(
                f"{manifest.counts.read:,} rows are done and safe in {manifest.folder}: the same "
                "command goes on behind them"
            )
        raise


@contextmanager
def forgetting(manifest: Manifest) -> Iterator[None]:
    """Give up all rows that are done if the block fails, since that makes them worthless."""
    try:
        yield
    except Exception:
        manifest.forget()
        raise


@contextmanager
def termination_unwinds() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the program as an exception does, so that files are cleaned up.

    Where they have a handler or are ignored already, as under nohup, that is left alone.
    """
    if threading.current_thread() is not threading.main_thread():  # no other may handle signals
        yield
        return

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    taken = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
