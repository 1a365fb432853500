"""What an output format is."""

from __future__ import annotations

import gzip
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, ClassVar, Generic, TypeVar

import numpy as np

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.table import OutputTable

COMPRESSION_LEVEL = 4  # 8 % larger than at level 9, in a seventh of the time

Piece = TypeVar("Piece")
"""A chunk as the format holds it until it is written."""


class OutputFormat(ABC, Generic[Piece]):
    """How the rows of a screening become a file: chunk → piece, pieces → part, parts → file.

    The same rows in the same parts give the same bytes, whenever and wherever.

    Parameters
    ----------
    table
        What columns there are. A row's cells are those of the library, all of them text.

    Notes
    -----
    An `OSError`, as of a full disk, is left to the caller, who knows what the file is called.
    """

    def __init__(self, table: OutputTable) -> None:
        self.table = table

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


def added_texts(chunk: ScoredChunk) -> list[tuple[str, ...]]:
    """Return, for each row, the cells that annotators have added as text, a gap being empty."""
    columns = [_as_texts(cells) for cells in chunk.predictions.added.values()]
    rejected = chunk.predictions.rejected
    blank = ("",) * len(columns)
    rows = zip(*columns, strict=True) if columns else [()] * len(chunk.rows)
    return [blank if place in rejected else row for place, row in enumerate(rows)]


def _as_texts(cells: np.ndarray) -> list[str]:
    if cells.dtype.kind == "f":
        return ["" if cell != cell else f"{cell:.6g}" for cell in cells.tolist()]
    return ["" if cell is None else str(cell) for cell in cells.tolist()]
