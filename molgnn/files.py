"""Atomic writes, to a temporary file or folder that is then renamed."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from molgnn.errors import FileProblem

TEMPORARY_FILES = ".molgnn-*.part"
"""What a killed process may leave."""


@contextmanager
def atomic_write(path: Path, *, staging: Path | None = None) -> Iterator[BinaryIO]:
    """Give a new file, which takes its place at *path* at the end of the block.

    Until then it lies under another name in *staging*, a folder on the same disk, or beside
    *path*. Whatever ends the block early leaves at *path* what was there before, and nothing else.

    Raises
    ------
    FileProblem
        If the file cannot be written, as on a full disk.
    """
    with ExitStack() as cleanup:
        temporary = cleanup.enter_context(temporary_path(path, staging=staging))
        file = temporary.open("xb")
        cleanup.callback(_close_quietly, file)
        yield file
        file.flush()
        os.fsync(file.fileno())
        file.close()


@contextmanager
def temporary_path(path: Path, *, staging: Path | None = None) -> Iterator[Path]:
    """Give a path to write to, for writers that open files themselves, as `atomic_write` does.

    Raises
    ------
    FileProblem
        If the file cannot be written.
    """
    place = path.resolve()
    temporary = (staging or place.parent) / f".molgnn-{secrets.token_hex(4)}.part"
    with explain_os_errors(path), ExitStack() as cleanup:
        cleanup.callback(temporary.unlink, missing_ok=True)
        yield temporary
        temporary.replace(place)


@contextmanager
def atomic_folder(folder: Path, *, prefix: str = ".molgnn-") -> Iterator[Path]:
    """Give an empty folder, which takes the place of *folder* at the end of the block.

    What was there before is moved aside first, and back if the new one cannot take its place.

    Raises
    ------
    OSError
        If that is not possible.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=prefix) as name:
        staged, aside = Path(name, "new"), Path(name, "earlier")
        staged.mkdir()
        yield staged
        try:
            if folder.exists():
                folder.rename(aside)
            staged.rename(folder)
        finally:
            if aside.exists() and not folder.exists():
                aside.rename(folder)


@contextmanager
def explain_os_errors(path: Path, attempt: str = "write") -> Iterator[None]:
    """Turn an `OSError` inside the block into a `FileProblem` that names *path*."""
    try:
        yield
    except FileProblem:
        raise
    except OSError as error:
        raise FileProblem(f"cannot {attempt} {path}: {error.strerror or error}") from error


def _close_quietly(file: BinaryIO) -> None:
    """Close *file* whatever becomes of the bytes that it still holds."""
    with suppress(OSError):
        file.close()
