"""What is done of a screening, on disk, so that it can be stopped at any moment and go on.

Beside the output ``scored.csv`` lies a folder ``scored.csv.parts`` while the screening runs. Its
``manifest.json`` says what the result depends on, each line of ``parts.jsonl`` that one more part
is complete. A part that is not listed there, or not as it was listed, is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from molgnn.errors import FileProblem
from molgnn.screening.output import new_file, reporting
from molgnn.screening.summary import Counts

MANIFEST, PARTS, MERGED, LOCK = "manifest.json", "parts.jsonl", "merged", "lock"
_OUR_NAMES = ("part-*", ".molgnn-*.part", PARTS, MERGED, MANIFEST)
"""Of the files in the folder; the manifest, without which the others are worth nothing, last."""

Pins = Mapping[str, Mapping[str, Any]]
"""What a result depends on: ``{"input": {…}, "model": {…}, "option": {…}, …}``."""

ONCE = "can be read once only"
"""Name of a pin for what no other process will ever see again, under any value."""


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
        with reporting(path):
            with new_file(path) as file:
                write(file)
            part = Part(path.name, _sha256(path), counts)
            with (self.folder / PARTS).open("a", encoding="utf-8") as listing:
                listing.write(part.to_line())
                listing.flush()
                self.parts.append(part)  # before what takes time: Ctrl-C is told of it, too
                os.fsync(listing.fileno())

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
    pins = json.loads(json.dumps(pins))
    with _locked(folder, output):
        with reporting(folder):
            if restart or not _can_be_gone_on_with(folder):
                _begin(folder, pins)
            manifest = Manifest(folder, _resume(folder, output, pins))
        try:
            yield manifest
        finally:
            if not manifest.parts:
                with suppress(OSError):
                    _clear(folder)


def is_own(output: Path) -> bool:
    """Say whether *output* was merged from the parts that still lie beside it."""
    try:
        return (_folder(output) / MERGED).read_text(encoding="utf-8") == fingerprint(output)
    except OSError:
        return False


def _folder(output: Path) -> Path:
    """Return the folder beside the file itself, where *output* may be but a link to it."""
    place = output.resolve()
    return place.with_name(f"{place.name}.parts")


@contextmanager
def _locked(folder: Path, output: Path) -> Iterator[None]:
    """Keep others out; the system takes the lock from a process that dies, however it dies."""
    lock = FileLock(folder / LOCK)
    with reporting(folder):
        folder.mkdir(exist_ok=True)
        _refuse_strangers(folder)
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
        if not (folder / MANIFEST).exists():
            with suppress(OSError):  # a next one, who is quick
                (folder / LOCK).unlink(missing_ok=True)
                folder.rmdir()


def fingerprint(path: Path) -> str:
    """Return by what a changed file is known: its size and its sha256.

    Raises
    ------
    FileProblem
        If it cannot be read.
    """
    with reporting(path, "read"):
        return f"{path.stat().st_size:,} bytes, sha256 {_sha256(path)}"


def _refuse_strangers(folder: Path) -> None:
    """Make sure that nothing lies in the folder but what belongs there."""
    for path in folder.iterdir():
        if path.name != LOCK and not any(map(path.match, _OUR_NAMES)):
            raise FileProblem(
                f"expected the folder {folder}, in which finished rows are kept, to hold nothing "
                f"else but found {path.name}; fix: move it, or name another output"
            )


def _can_be_gone_on_with(folder: Path) -> bool:
    try:
        former = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):  # new, or killed before there was anything to keep
        return False
    return not any(ONCE in pins for pins in former.values())


def _begin(folder: Path, pins: Pins) -> None:
    _clear(folder)
    with new_file(folder / MANIFEST) as file:
        file.write(f"{json.dumps(pins, indent=1)}\n".encode())


def _resume(folder: Path, output: Path, pins: Pins) -> list[Part]:
    """Return the parts that can be kept, after making sure that they belong to *pins*."""
    former = json.loads((folder / MANIFEST).read_bytes())
    if changes := [*_differences(former, pins)]:
        raise FileProblem(
            f"expected to go on with the interrupted screening in {folder} but the "
            f"{'; the '.join(changes)}; fix: --restart (restart=True) to discard it and begin "
            f"anew, or name another output than {output.name}"
        )
    parts = [*_sound_parts(folder)]
    lines = "".join(part.to_line() for part in parts).encode()
    if parts and (folder / PARTS).read_bytes() != lines:
        with new_file(folder / PARTS) as file:
            file.write(lines)
    kept = {MANIFEST, PARTS if parts else "", MERGED, LOCK, *(part.name for part in parts)}
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()
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
        except (ValueError, KeyError, TypeError, FileNotFoundError):
            return  # power failed while it was written
        yield part


def _differences(former: Pins, current: Pins) -> Iterator[str]:
    for topic in {**former, **current}:
        before, now = former.get(topic, {}), current.get(topic, {})
        for name in {**before, **now}:
            if name not in now:
                yield f"{topic} {name} is gone"
            elif name not in before:
                yield f"{topic} {name} is new"
            elif before[name] != now[name]:
                yield f"{topic} {name} was {before[name]} and is {now[name]}"


def _clear(folder: Path) -> None:
    """Delete what is there, in an order that leaves nothing misleading wherever it is ended."""
    (folder / MERGED).unlink(missing_ok=True)
    for pattern in _OUR_NAMES:
        for path in folder.glob(pattern):
            path.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
