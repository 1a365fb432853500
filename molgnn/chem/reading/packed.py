"""Unpack .gz, .bz2, .xz, and .zip archives of one file; the first bytes tell which it is."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import Path, PurePosixPath
from typing import cast
from zipfile import BadZipFile, ZipFile, is_zipfile

from molgnn.errors import FileProblem

BUFFER = 1 << 16
COMPRESSED = (".gz", ".bz2", ".xz", ".zip")
"""Suffixes that say nothing of what is inside; how a file is packed, its first bytes tell."""

DAMAGES = (EOFError, OSError, zlib.error, lzma.LZMAError, BadZipFile)
"""What is raised where packed data break off or are damaged."""

ZIP = b"PK\x03\x04"
_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
_IN_EVERY_WORKBOOK = "[Content_Types].xml"


def unpack(name: str, file: io.BufferedReader) -> io.BufferedReader:
    """Return what is in *file*, whatever its name says.

    Raises
    ------
    FileProblem
        If it is an archive of several files or of none, an Excel workbook, or encrypted; *name*
        stands in the message.
    """
    head = file.peek(BUFFER)
    if head.startswith(_GZIP):
        return io.BufferedReader(gzip.GzipFile(fileobj=file), BUFFER)
    if head.startswith(_BZIP2):
        return io.BufferedReader(bz2.BZ2File(file), BUFFER)
    if head.startswith(_XZ):
        return io.BufferedReader(lzma.LZMAFile(file), BUFFER)
    if head.startswith(ZIP):
        return _open_member(name, file)
    return file


def name_inside(path: Path) -> str:
    """Return the name of the file that *path* holds: without ``.gz``, or as its archive says."""
    if path.suffix.lower() == ".zip" and path.is_file() and is_zipfile(path):
        with ZipFile(path) as archive:
            members = _members(archive)
        if len(members) == 1:
            return PurePosixPath(members[0]).name
    return path.stem if path.suffix.lower() in COMPRESSED else path.name


def _open_member(name: str, file: io.BufferedReader) -> io.BufferedReader:
    if not file.seekable():
        raise FileProblem(
            f"{name}: expected text but got a ZIP archive through a pipe; fix: unpack it on the "
            "way (unzip -p FILE), or name the file"
        )
    archive = ZipFile(file)
    members = _members(archive)
    if _IN_EVERY_WORKBOOK in members:
        raise FileProblem(
            f"{name}: expected text but got an Excel workbook; fix: give it the suffix .xlsx"
        )
    if len(members) != 1:
        raise FileProblem(
            f"{name}: expected a ZIP archive of one file but got one of {len(members)}"
            f"{''.join(f', {member}' for member in members[:3])}; fix: unpack it"
        )
    try:
        member = cast(io.RawIOBase, archive.open(members[0]))
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in an odd way
        raise FileProblem(
            f"{name}: expected a ZIP archive that opens but {error}; fix: unpack it"
        ) from error
    return io.BufferedReader(member, BUFFER)


def _members(archive: ZipFile) -> list[str]:
    """Return the files of an archive, but for what macOS adds to it."""
    return [
        entry.filename
        for entry in archive.infolist()
        if not entry.is_dir()
        and not entry.filename.startswith("__MACOSX/")
        and not PurePosixPath(entry.filename).name.startswith(".")
    ]
