"""Rows written to standard output, as soon as they are scored."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import BinaryIO

from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.sinks import Sink
from molgnn.screening.summary import Counts

STANDARD_OUTPUT = "-"


def write_stream(
    sink: Sink, chunks: Iterable[ScoredChunk], stream: BinaryIO | None = None
) -> Counts:
    """Write what *sink*, whose format is one of text, selects to a stream, chunk by chunk.

    Parameters
    ----------
    sink
        It is given no parts.
    chunks
        All of the library.
    stream
        By default standard output.
    """
    output = stream or sys.stdout.buffer
    counts = Counts()
    sink.format.merge((), output)
    for selected, of_chunk in sink.select(chunks):
        if selected.rows:
            sink.format.write_part([sink.format.encode(selected)], output)
            output.flush()
        counts += of_chunk
    return counts
