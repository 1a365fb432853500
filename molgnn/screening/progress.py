"""How far a screening has come."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import closing

from molgnn.screening.chunks import ScoredChunk


def show_progress(chunks: Generator[ScoredChunk], resumed: int) -> Generator[ScoredChunk]:
    """Pass the chunks on, counting their rows in a line on stderr if that is a terminal.

    *resumed* rows were done before. Closing it takes the line away and closes *chunks*.
    """
    from rich.console import Console

    started, n_rows = time.perf_counter(), 0
    with closing(chunks), Console(stderr=True).status("waiting for the first rows") as status:
        for chunk in chunks:
            yield chunk
            n_rows += len(chunk.rows)
            speed = n_rows / (time.perf_counter() - started)
            status.update(f"{resumed + n_rows:,} rows, {speed:,.0f} per second")
