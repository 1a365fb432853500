"""A file that is complete or not there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from molgnn.errors import FileProblem


def check_output(output: Path, sources: Iterable[Path], *, overwrite: bool) -> None:
    """Make sure, before any work is done, that *output* may be written.

    Raises
    ------
    FileProblem
        If it is one of *sources*, the input, by whatever name; if it exists and *overwrite* is not
        set; if it is no ordinary file, or lies in no folder.
    """
    with reporting(output):
        if not output.exists():
            if not output.resolve().parent.is_dir():
                raise FileProblem(
                    f"expected an output in an existing folder but got {output}; fix: create "
                    f"{output.parent} first"
                )
        elif not output.is_file():
            raise FileProblem(f"expected a file to write to but {output} is none")
        elif any(source.exists() and output.samefile(source) for source in sources):
            raise FileProblem(
                f"the output {output} is the input itself, which is never written over; fix: "
                "name another output"
            )
        elif not overwrite:
            raise FileProblem(
                f"{output} exists already; fix: name another output, or allow it to be replaced "
                "(--overwrite)"
            )


@contextmanager
def new_file(path: Path, *, staging: Path | None = None) -> Iterator[BinaryIO]:
    """Give a new file, which takes its place at *path* at the end of the block.

    Until then it lies under another name in *staging*, a folder on the same disk, or beside
    *path*. Whatever ends the block early leaves at *path* what was there before, and nothing else.

    Raises
    ------
    FileProblem
        If the file cannot be written, as on a full disk.
    """
    place = path.resolve()
    temporary = (staging or place.parent) / f".molgnn-{secrets.token_hex(4)}.part"
    with ExitStack() as cleanup:
        cleanup.callback(temporary.unlink, missing_ok=True)
        with reporting(path):
            file = temporary.open("xb")
            cleanup.callback(_abandon, file)
            yield file
            file.flush()
            os.fsync(file.fileno())
            file.close()
            temporary.replace(place)


def _abandon(file: BinaryIO) -> None:
    """Close *file* whatever becomes of the bytes that it still holds."""
    with suppress(OSError):
        file.close()


@contextmanager
def reporting(path: Path, attempt: str = "write") -> Iterator[None]:
    """Turn what the system refuses into a `FileProblem` that names *path*."""
    try:
        yield
    except FileProblem:
        raise
    except OSError as error:
        raise FileProblem(f"cannot {attempt} {path}: {error.strerror or error}") from error
