"""Interrupted screenings: whatever ends one acts as an exception, and says how to resume."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from molgnn.screening.manifest import Manifest
from molgnn.signals import signals_raise


@contextmanager
def note_how_to_resume(manifest: Manifest, *, is_resumable: bool) -> Iterator[None]:
    """Note on what ends the block how many rows are done, or discard them if none can resume."""
    try:
        yield
    except BaseException as error:
        if not is_resumable:
            manifest.discard()
        elif manifest.parts and all(path.exists() for path in manifest.all_files):
            error.add_note(
                f"{manifest.counts.read:,} rows are done and safe in {manifest.folder}: the same "
                "command goes on behind them"
            )
        raise


@contextmanager
def discard_if_it_fails(manifest: Manifest) -> Iterator[None]:
    """Give up all rows that are done if the block fails, since that makes them worthless."""
    try:
        yield
    except Exception:
        manifest.discard()
        raise


def exit_on_termination() -> AbstractContextManager[None]:
    """Let SIGTERM and SIGHUP end the program as an exception does, so that files are cleaned up.

    Where they have a handler or are ignored already, as under nohup, that is left alone.
    """
    return signals_raise(
        ("SIGTERM", "SIGHUP"), lambda number: SystemExit(128 + number), if_default=True
    )
