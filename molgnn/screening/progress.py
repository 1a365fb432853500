"""How far a screening has come."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from molgnn.screening.chunks import ScoredChunk


def show_progress(chunks: Iterable[ScoredChunk]) -> Iterator[ScoredChunk]:
    """Pass the chunks on, counting their rows in a line on stderr if that is a terminal."""
    from rich.console import Console

    started, n_rows = time.perf_counter(), 0
    with Console(stderr=True).status("waiting for the first rows") as status:
        for chunk in chunks:
            yield chunk
            n_rows += len(chunk.rows)
            speed = n_rows / (time.perf_counter() - started)
            status.update(f"{n_rows:,} rows, {speed:,.0f} per second")
