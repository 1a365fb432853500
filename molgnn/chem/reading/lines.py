"""From a file to its lines, compressed or not, in whatever encoding."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Generator
from difflib import get_close_matches
from pathlib import Path

from molgnn.errors import FileProblem

_BUFFER = 1 << 16
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


def read_lines(path: Path) -> Generator[str, None, None]:
    r"""Yield the lines of a text file with their ends.

    Raises
    ------
    FileProblem
        If the file cannot be opened, is no text, or is compressed and damaged; the message
        then says up to which line it could be read.

    Notes
    -----
    Lines end at ``\n``, so that a lone ``\r`` stays inside its cell, except in a file that has
    no other line ends. UTF-16 is told by its byte order mark; all else is decoded as UTF-8 with
    ``surrogateescape``: encoding the same way gives back the very bytes, be they Latin-1.
    """
    n_read = 0
    try:
        with _open_bytes(path) as file, _decode(file) as text:
            for line in text:
                yield line
                n_read += 1
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileProblem(
            f"{path}: the compressed data breaks off or is damaged after line {n_read} ({error}); "
            "fix: fetch the file again, or compress it again"
        ) from error
    except FileProblem:
        raise
    except OSError as error:
        raise FileProblem(f"{path}: {error.strerror or error}") from error


def as_text(text: str) -> str:
    """Return what `read_lines` gave with the bytes that are no UTF-8 read as Windows-1252.

    That is how Excel saves a CSV in Western Europe; a screening keeps the bytes instead.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return text


def _open_bytes(path: Path) -> io.BufferedReader:
    """Open a file, compressed or not: its first bytes tell, whatever its name says."""
    if path.is_dir():
        raise FileProblem(f"expected a file but got the folder {path}; fix: name a file in it")
    if not path.exists():
        raise FileProblem(f"expected a file but {path} does not exist{_suggest(path)}")
    with path.open("rb") as file:
        head = file.read(len(_ZIP))
    if head == _ZIP:
        raise FileProblem(
            f"{path}: expected text but got a ZIP archive, which Excel workbooks are, too; "
            "fix: unpack it, or save the sheet as CSV"
        )
    opened = gzip.GzipFile(path) if head.startswith(_GZIP) else path.open("rb", buffering=0)
    return io.BufferedReader(opened, _BUFFER)


def _decode(file: io.BufferedReader) -> io.TextIOWrapper:
    head = file.peek(_BUFFER)
    newline = "\r" if b"\r" in head and b"\n" not in head else "\n"
    encoding, errors = _encoding(head)
    return io.TextIOWrapper(file, encoding, errors, newline)


def _encoding(head: bytes) -> tuple[str, str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "replace"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "surrogateescape"
    return "utf-8", "surrogateescape"


def _suggest(path: Path) -> str:
    if not path.parent.is_dir():
        return f"; fix: the folder {path.parent} does not exist either"
    names = [entry.name for entry in path.parent.iterdir()]
    near = get_close_matches(path.name, names, n=3, cutoff=0.6)
    return f"; fix: did you mean {' or '.join(near)}?" if near else ""
