"""What an output format is."""

from __future__ import annotations

import gzip
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, ClassVar, Generic, TypeVar

from molgnn.screening.chunks import ScoredChunk

COMPRESSION_LEVEL = 4  # 8 % larger than at level 9, in a seventh of the time

Piece = TypeVar("Piece")
"""A chunk as the format holds it until it is written."""


class OutputFormat(ABC, Generic[Piece]):
    """How the rows of a screening become a file: chunk → piece, pieces → part, parts → file.

    The same rows in the same parts give the same bytes, whenever and wherever.

    Parameters
    ----------
    columns
        The library's columns.
    tasks
        The names of the tasks; one that is a column of the library already gets a ``_pred``.
    id_index
        Which of the columns names a molecule, where one does.
    ranked
        Whether the first of the columns holds ranks: whole numbers, to a format that has types.

    Attributes
    ----------
    names
        Of all columns: the library's, ``status``, ``reason``, the tasks.

    Notes
    -----
    An `OSError`, as of a full disk, is left to the caller, who knows what the file is called.
    """

    def __init__(
        self,
        columns: Sequence[str],
        tasks: Sequence[str],
        *,
        id_index: int | None = None,
        ranked: bool = False,
    ) -> None:
        self.names = (*columns, *new_names(columns, ["status", "reason", *tasks]))
        self._n_columns = len(columns)
        self._id_index = id_index
        self._ranked = ranked

    @abstractmethod
    def encode(self, chunk: ScoredChunk) -> Piece:
        """Return the rows of *chunk* as they are written; this is where the work is done."""

    @abstractmethod
    def write_part(self, pieces: Iterable[Piece], file: BinaryIO) -> None:
        """Write *pieces* to a file that only `merge` need understand."""

    @abstractmethod
    def merge(self, parts: Iterable[BinaryIO], output: BinaryIO) -> None:
        """Write the rows of all *parts* to the final file, holding a bounded number of them."""


class TextFormat(OutputFormat[bytes]):
    """A format whose parts need only be laid one behind the other.

    Attributes
    ----------
    compressed
        Whether every part is a member of a gzip file, so that this is as true of what is
        compressed.
    """

    compressed: ClassVar[bool] = False

    def header(self) -> bytes:
        """Return what stands before the first row."""
        return b""

    def write_part(self, pieces: Iterable[bytes], file: BinaryIO) -> None:
        """Write *pieces* as they stand in the final file."""
        with self._stream(file) as stream:
            stream.writelines(pieces)

    def merge(self, parts: Iterable[BinaryIO], output: BinaryIO) -> None:
        """Write the header, then the bytes of all *parts*."""
        with self._stream(output) as stream:
            stream.write(self.header())
        for part in parts:
            shutil.copyfileobj(part, output, 1 << 20)

    @contextmanager
    def _stream(self, file: BinaryIO) -> Iterator[BinaryIO | gzip.GzipFile]:
        if not self.compressed:
            yield file
            return
        # without the name and the time that would make each run differ
        with gzip.GzipFile("", "wb", COMPRESSION_LEVEL, file, mtime=0) as stream:
            yield stream


def gzipped(kind: type[TextFormat]) -> type[TextFormat]:
    """Return the format *kind* compressed."""
    return type(f"Gzipped{kind.__name__}", (kind,), {"compressed": True, "__doc__": kind.__doc__})


def new_names(columns: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return the *wanted* names, each with as many ``_pred`` behind it as make it a new one."""
    taken, names = set(columns), []
    for name in wanted:
        while name in taken:
            name += "_pred"
        taken.add(name)
        names.append(name)
    return names


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return the names as a reader can tell them apart: none empty, a second *a* called *a_2*."""
    taken: list[str] = []
    for place, name in enumerate(names, 1):
        name = unique = name or f"column_{place}"
        again = 2
        while unique in taken:
            unique, again = f"{name}_{again}", again + 1
        taken.append(unique)
    return taken
