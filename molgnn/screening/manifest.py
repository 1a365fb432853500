"""Resume: what is done of a screening lies on disk, so that it can be interrupted at any moment.

Beside the output ``scored.csv``, the first where there are several, lies a folder
``scored.csv.parts`` while the screening runs. Its ``manifest.json`` says what the result depends
on, each line of ``parts.jsonl`` that one more part is complete, with a file for each output. A part
that is not listed there, or not as it was listed, is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from molgnn.errors import FileProblem
from molgnn.files import TEMPORARY_FILES, atomic_write, explain_os_errors
from molgnn.screening.summary import Counts

MANIFEST, PARTS, MERGED, LOCK = "manifest.json", "parts.jsonl", "merged", "lock"
_OUR_NAMES = ("part-*", TEMPORARY_FILES, PARTS, MERGED, MANIFEST)
"""Of the files in the folder; the manifest, without which the others are worth nothing, last."""

Provenance = Mapping[str, Mapping[str, Any]]
"""What a result depends on: ``{"input": {…}, "model": {…}, "option": {…}, …}``."""

ONCE = "can be read once only"
"""Entry of the provenance for what no other process will ever see again, under any value."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of the output that are safe on disk.

    Parameters
    ----------
    files
        The names of the files in the folder, one per output, with the sha256 of their bytes.
    counts
        The rows of the library that it stands for.
    """

    files: dict[str, str]
    counts: Counts

    def to_line(self) -> str:
        """Return what is listed."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Part:
        """Read what `to_line` gave; of anything else, raise ValueError, KeyError or TypeError."""
        record = json.loads(line)
        return cls(dict(record["files"]), Counts.from_json(record["counts"]))


class Manifest:
    """The parts of one screening, in order; made by `open_manifest`."""

    def __init__(self, folder: Path, parts: list[Part]) -> None:
        self.folder, self.parts = folder, parts

    def files_of(self, output: int) -> list[Path]:
        """Return the parts of the first output (0), the second (1) and so on."""
        return [self.folder / list(part.files)[output] for part in self.parts]

    @property
    def all_files(self) -> list[Path]:
        """Where the parts of all outputs lie."""
        return [self.folder / name for part in self.parts for name in part.files]

    @property
    def counts(self) -> Counts:
        """What became of the rows that are done with."""
        return sum((part.counts for part in self.parts), Counts())

    def add(self, writers: Sequence[Callable[[BinaryIO], None]], counts: Counts) -> None:
        """Make a part, a file by each writer, and list it once it is safe on the disk.

        Raises
        ------
        FileProblem
            If that is not possible, as on a full disk.
        """
        files: dict[str, str] = {}
        for output, write in enumerate(writers):
            path = self.folder / f"part-{len(self.parts):06}{f'-{output}' if output else ''}"
            with explain_os_errors(path):
                with atomic_write(path) as file:
                    write(file)
                files[path.name] = _sha256(path)
        part = Part(files, counts)
        with (
            explain_os_errors(self.folder / PARTS),
            (self.folder / PARTS).open("a", encoding="utf-8") as listing,
        ):
            listing.write(part.to_line())
            listing.flush()
            self.parts.append(part)  # before what takes time: Ctrl-C is told of it, too
            os.fsync(listing.fileno())

    def expect(self, merged: BinaryIO) -> None:
        """Note what an output will be, the moment before *merged* takes its place."""
        merged.flush()
        with (self.folder / MERGED).open("a", encoding="utf-8") as listing:
            listing.write(f"{fingerprint(Path(merged.name))}\n")

    def discard(self) -> None:
        """Give the parts up: they are merged, or nobody can resume."""
        self.parts.clear()


@contextmanager
def open_manifest(
    output: Path, provenance: Provenance, *, restart: bool = False
) -> Iterator[Manifest]:
    """Resume the interrupted screening into *output*, or begin one, alone until the end.

    Parameters
    ----------
    output
        The table that the parts will make up, the first where there are several.
    provenance
        What the result depends on.
    restart
        Whether to discard what is there and begin anew.

    Raises
    ------
    FileProblem
        If what is there depends on something else than *provenance*, naming what has changed; if
        another process is at work on it; if the folder cannot be written.
    """
    folder = _folder(output)
    provenance = json.loads(json.dumps(provenance))
    with _locked(folder, output):
        with explain_os_errors(folder):
            if restart or not _is_resumable(folder):
                _begin(folder, provenance)
            manifest = Manifest(folder, _resume(folder, output, provenance))
        try:
            yield manifest
        finally:
            if not manifest.parts:
                with suppress(OSError):
                    _clear(folder)


def is_own(output: Path, first: Path) -> bool:
    """Say whether *output* was merged from the parts that still lie beside the *first* output."""
    try:
        merged = (_folder(first) / MERGED).read_text(encoding="utf-8")
        return fingerprint(output) in merged.splitlines()
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
    with explain_os_errors(folder):
        folder.mkdir(exist_ok=True)
        _refuse_foreign_files(folder)
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
    with explain_os_errors(path, "read"):
        return f"{path.stat().st_size:,} bytes, sha256 {_sha256(path)}"


def _refuse_foreign_files(folder: Path) -> None:
    """Make sure that nothing lies in the folder but what belongs there."""
    for path in folder.iterdir():
        if path.name != LOCK and not any(map(path.match, _OUR_NAMES)):
            raise FileProblem(
                f"expected the folder {folder}, in which finished rows are kept, to hold nothing "
                f"else but found {path.name}; fix: move it, or name another output"
            )


def _is_resumable(folder: Path) -> bool:
    try:
        former = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):  # new, or killed before there was anything to keep
        return False
    return not any(ONCE in entries for entries in former.values())


def _begin(folder: Path, provenance: Provenance) -> None:
    _clear(folder)
    with atomic_write(folder / MANIFEST) as file:
        file.write(f"{json.dumps(provenance, indent=1)}\n".encode())


def _resume(folder: Path, output: Path, provenance: Provenance) -> list[Part]:
    """Return the parts that can be kept, after making sure that they belong to *provenance*."""
    former = json.loads((folder / MANIFEST).read_bytes())
    if changes := [*_differences(former, provenance)]:
        raise FileProblem(
            f"expected to go on with the interrupted screening in {folder} but the "
            f"{'; the '.join(changes)}; fix: discard it and begin anew with restart=…, "
            f"or name another output than {output.name}"
        )
    parts = [*_sound_parts(folder)]
    lines = "".join(part.to_line() for part in parts).encode()
    if parts and (folder / PARTS).read_bytes() != lines:
        with atomic_write(folder / PARTS) as file:
            file.write(lines)
    names = (name for part in parts for name in part.files)
    kept = {MANIFEST, PARTS if parts else "", MERGED, LOCK, *names}
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
            if any(_sha256(folder / name) != sha256 for name, sha256 in part.files.items()):
                return
        except (ValueError, KeyError, TypeError, FileNotFoundError):
            return  # power failed while it was written
        yield part


def _differences(former: Provenance, current: Provenance) -> Iterator[str]:
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
