"""What is done of a screening, on disk, so that it can be stopped at any moment and go on.

Beside the output ``scored.csv`` lies a folder ``scored.csv.parts`` while the screening runs. Its
``manifest.json`` says what the result depends on, each line of ``parts.jsonl`` that one more part
is complete. A part that is not listed there, or not as it was listed, is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from filelock import FileLock, Timeout

from molgnn.errors import FileProblem
from molgnn.screening.output import reporting
from molgnn.screening.summary import Counts

MANIFEST, PARTS, MERGED, LOCK = "manifest.json", "parts.jsonl", "merged", "lock"

Pins = Mapping[str, Mapping[str, Any]]
"""All that a result depends on: ``{"input": {…}, "model": {…}, "options": {…}, …}``."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of the output that are safe on disk.

    Parameters
    ----------
    name
        Of the file in the folder.
    sha256
        Of the file's bytes.
    counts
        The rows of the library that it stands for.
    """

    name: str
    sha256: str
    counts: Counts

    def to_line(self) -> str:
        """Return what is listed."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Part:
        """Read what `to_line` gave; of anything else, raise ValueError, KeyError or TypeError."""
        record = json.loads(line)
        return cls(record["name"], record["sha256"], Counts(**record["counts"]))


class Manifest:
    """The parts of one screening, in order; made by `open_manifest`."""

    def __init__(self, folder: Path, parts: list[Part]) -> None:
        self.folder, self.parts = folder, parts

    @property
    def paths(self) -> list[Path]:
        """Where the parts lie."""
        return [self.folder / part.name for part in self.parts]

    @property
    def counts(self) -> Counts:
        """What became of the rows that are done with."""
        return sum((part.counts for part in self.parts), Counts())

    def add(self, write: Callable[[BinaryIO], None], counts: Counts) -> None:
        """Make a part by *write* and list it once it is safe on the disk.

        Raises
        ------
        FileProblem
            If that is not possible, as on a full disk.
        """
        path = self.folder / f"part-{len(self.parts):06}"
        unfinished = path.with_suffix(".unfinished")
        with reporting(path):
            with unfinished.open("wb") as file:
                write(file)
                _sync(file)
            unfinished.replace(path)
            part = Part(path.name, _sha256(path), counts)
            with (self.folder / PARTS).open("a", encoding="utf-8") as listing:
                listing.write(part.to_line())
                _sync(listing)
        self.parts.append(part)

    def expect(self, merged: BinaryIO) -> None:
        """Note what the output will be, the moment before *merged* takes its place."""
        merged.flush()
        (self.folder / MERGED).write_text(fingerprint(Path(merged.name)), encoding="utf-8")

    def forget(self) -> None:
        """Give the parts up: they are merged, or cannot be gone on with."""
        self.parts.clear()


@contextmanager
def open_manifest(output: Path, pins: Pins, *, restart: bool = False) -> Iterator[Manifest]:
    """Go on with the interrupted screening into *output*, or begin one, alone until the end.

    Parameters
    ----------
    output
        The table that the parts will make up.
    pins
        What the result depends on.
    restart
        Whether to discard what is there and begin anew.

    Raises
    ------
    FileProblem
        If what is there depends on something else than *pins*, naming what has changed; if another
        process is at work on it; if the folder cannot be written.
    """
    folder = _folder(output)
    with _locked(folder, output):
        with reporting(folder):
            if restart:
                _clear(folder)
            manifest = Manifest(folder, _resume(folder, output, json.loads(json.dumps(pins))))
        try:
            yield manifest
        finally:
            if not manifest.parts:
                shutil.rmtree(folder, ignore_errors=True)


def is_own(output: Path) -> bool:
    """Say whether *output* was merged from the parts that still lie beside it."""
    try:
        return (_folder(output) / MERGED).read_text(encoding="utf-8") == fingerprint(output)
    except OSError:
        return False


def _folder(output: Path) -> Path:
    return output.with_name(f"{output.name}.parts")


@contextmanager
def _locked(folder: Path, output: Path) -> Iterator[None]:
    """Keep others out; the system takes the lock from a process that dies, however it dies."""
    lock = FileLock(folder / LOCK)
    with reporting(folder):
        folder.mkdir(exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise FileProblem(
                f"another molgnn is at work on {output}; fix: wait for it, or name another output"
            ) from None
    try:
        yield
    finally:
        lock.release()


def fingerprint(path: Path) -> str:
    """Return by what a changed file is known: its size and its sha256.

    Raises
    ------
    FileProblem
        If it cannot be read.
    """
    with reporting(path, "read"):
        return f"{path.stat().st_size:,} bytes, sha256 {_sha256(path)}"


def _resume(folder: Path, output: Path, pins: Pins) -> list[Part]:
    """Return the parts that can be kept, after making sure that they belong to *pins*."""
    path = folder / MANIFEST
    try:
        former = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):  # new, or killed before there was anything to keep
        _clear(folder)
        with path.open("w", encoding="utf-8") as file:
            file.write(json.dumps(pins, indent=1) + "\n")
            _sync(file)
        return []
    if changes := [*_differences(former, pins)]:
        raise FileProblem(
            f"expected to go on with the interrupted screening in {folder} but the "
            f"{'; the '.join(changes)}; fix: --restart (restart=True) to discard it and begin "
            f"anew, or name another output than {output.name}"
        )
    parts = [*_sound_parts(folder)]
    (folder / PARTS).write_text("".join(part.to_line() for part in parts), encoding="utf-8")
    return parts


def _sound_parts(folder: Path) -> Iterator[Part]:
    """Yield the parts up to the first that is not as it was listed."""
    try:
        lines = (folder / PARTS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            part = Part.from_line(line)
            if _sha256(folder / part.name) != part.sha256:
                return
        except (
            ValueError,
            KeyError,
            TypeError,
            FileNotFoundError,
        ):  # power failed while it was written
            return
        yield part


def _differences(former: Pins, current: Pins) -> Iterator[str]:
    for topic in {**former, **current}:
        before, now = former.get(topic, {}), current.get(topic, {})
        for name in {**before, **now}:
            if before.get(name) != now.get(name):
                yield f"{topic} {name} was {before.get(name)} and is {now.get(name)}"


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != LOCK:
            path.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(file: IO[Any]) -> None:
    """Make sure that what was written has reached the disk."""
    file.flush()
    os.fsync(file.fileno())
