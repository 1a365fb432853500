"""From bytes to lines, compressed or not, in whatever encoding."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Generator

from molgnn.chem.reading.packed import BUFFER, DAMAGES, unpack
from molgnn.errors import FileProblem


def read_lines(name: str, open_bytes: Callable[[], io.BufferedReader]) -> Generator[str]:
    r"""Yield the lines of a text with their ends.

    Parameters
    ----------
    name
        For messages.
    open_bytes
        Opens the text; what it gives is closed in the end.

    Raises
    ------
    FileProblem
        If the text cannot be opened, or is compressed and damaged; the message then says up to
        which line it could be read.

    Notes
    -----
    Lines end at ``\n``, so that a lone ``\r`` stays inside its cell, except in a text that has
    no other line ends. UTF-16 is told by its byte order mark; all else is decoded as UTF-8 with
    ``surrogateescape``: encoding the same way gives back the very bytes, be they Latin-1.
    """
    n_read = 0
    try:
        with open_bytes() as raw, unpack(name, raw) as file, _decode(file) as text:
            for line in text:
                yield line
                n_read += 1
    except FileProblem:
        raise
    except DAMAGES as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise FileProblem(f"{name}: {error.strerror}") from error
        raise FileProblem(
            f"{name}: the compressed data breaks off or is damaged after line {n_read} ({error}); "
            "fix: fetch the file again, or compress it again"
        ) from error


def as_text(text: str) -> str:
    """Return what `read_lines` gave with the bytes that are no UTF-8 read as Windows-1252.

    That is how Excel saves a CSV in Western Europe; a screening keeps the bytes instead.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return text


def _decode(file: io.BufferedReader) -> io.TextIOWrapper:
    head = file.peek(BUFFER)
    newline = "\r" if b"\r" in head and b"\n" not in head else "\n"
    encoding, errors = _encoding(head)
    return io.TextIOWrapper(file, encoding, errors, newline)


def _encoding(head: bytes) -> tuple[str, str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "replace"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig", "surrogateescape"
    return "utf-8", "surrogateescape"
