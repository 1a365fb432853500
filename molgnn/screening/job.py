"""One pass over a library: into files that can be resumed, a stream, or a DataFrame."""

from __future__ import annotations

import time
import warnings
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.chem.reading import Library
from molgnn.chem.records import Row
from molgnn.files import atomic_write
from molgnn.screening.chunks import ScoredChunk, split_into_chunks
from molgnn.screening.criteria import Criteria
from molgnn.screening.diagnosis import MAX_ROWS, find_likely_cause
from molgnn.screening.engines import Engine
from molgnn.screening.frame import build_frame, text_rows
from molgnn.screening.interruption import discard_if_it_fails, note_how_to_resume
from molgnn.screening.manifest import Manifest, Provenance, open_manifest
from molgnn.screening.progress import show_progress
from molgnn.screening.provenance import check_unchanged, is_resumable
from molgnn.screening.sinks import Sink
from molgnn.screening.stream import write_stream
from molgnn.screening.summary import Counts, ScreeningSummary

if TYPE_CHECKING:
    import pandas as pd

    from molgnn.predictor.predictor import Predictor

PART_CHUNKS = 16


@dataclass(frozen=True)
class Job:
    """A library on its way through an engine.

    Parameters
    ----------
    library
        What is read.
    model
        A name, a folder, or a model in memory.
    engine
        What scores.
    criteria
        Which rows are written.
    chunk_size
        Rows that are read, scored and written at a time.
    progress
        Whether to show how far it has come, on stderr.
    """

    library: Library
    model: str | Path | Predictor
    engine: Engine
    criteria: Criteria
    chunk_size: int
    progress: bool
    _first_rows: list[Row] = field(default_factory=list)

    def to_files(
        self,
        outputs: Sequence[Path],
        sinks: Sequence[Sink],
        provenance: Provenance,
        *,
        restart: bool,
    ) -> ScreeningSummary:
        """Write what each sink selects to its output; an interrupted job is resumed."""
        resumable = is_resumable(self.library, self.model)
        with (
            open_manifest(outputs[0], provenance, restart=restart) as manifest,
            note_how_to_resume(manifest, is_resumable=resumable),
        ):
            resumed, started = manifest.counts.read, time.perf_counter()
            for number, sink in enumerate(sinks):
                sink.restore(manifest.files_of(number))
            with closing(self._scored(resumed)) as scored:
                _add_parts(manifest, sinks, scored)
            with discard_if_it_fails(manifest):
                check_unchanged(self.library, self.model, provenance)
            _merge(manifest, outputs, sinks)
            counts, seconds = manifest.counts, time.perf_counter() - started
            manifest.discard()
        return self._summarize(outputs, counts, resumed, seconds)

    def to_stream(self, sink: Sink, name: str) -> ScreeningSummary:
        """Write what the sink selects to standard output, which is called *name*."""
        started = time.perf_counter()
        with closing(self._scored()) as scored:
            counts = write_stream(sink, scored)
        return self._summarize([Path(name)], counts, 0, time.perf_counter() - started)

    def to_frame(self, sink: Sink) -> pd.DataFrame:
        """Return what the sink selects as a DataFrame; warn of cells that could not be read."""
        with closing(self._scored()) as scored:
            pieces = list(sink.select(scored))
        counts = sum((each for _, each in pieces), Counts())
        for note in self._notes(counts):
            warnings.warn(note, stacklevel=4)
        selected = [chunk for chunk, _ in pieces]
        return build_frame(selected, sink.format.table, self.library)

    def _scored(self, resumed: int = 0) -> Generator[ScoredChunk]:
        rows = self._note_first(islice(text_rows(self.library), resumed, None))
        scored = self.engine.run(split_into_chunks(rows, self.chunk_size))
        return show_progress(scored, resumed) if self.progress else scored

    def _note_first(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows on, keeping the first ones for the case that none can be scored."""
        remaining = iter(rows)
        for row in islice(remaining, MAX_ROWS):
            self._first_rows.append(row)
            yield row
        yield from remaining

    def _summarize(
        self, outputs: Sequence[Path], counts: Counts, resumed: int, seconds: float
    ) -> ScreeningSummary:
        top = self.criteria.top
        written = counts.matched if top is None else min(counts.matched, top)
        cause = find_likely_cause(self.library, self._first_rows, counts)
        notes = (*self.library.notes, *self._notes(counts))
        return ScreeningSummary(tuple(outputs), counts, written, resumed, seconds, cause, notes)

    def _notes(self, counts: Counts) -> list[str]:
        """Say what of the expressions could be meant otherwise, or found no number."""
        line = "line" if self.library.frame is None else "row"
        unread = [each.describe(name, line) for name, each in counts.unread.items()]
        return [*self.criteria.notes, *unread]


def _add_parts(manifest: Manifest, sinks: Sequence[Sink], scored: Iterable[ScoredChunk]) -> None:
    counts = Counts()
    writers = [sink.commit for sink in sinks]
    for number, chunk in enumerate(scored, 1):
        matched = [sink.add(chunk) for sink in sinks]
        counts += sinks[0].count(chunk, matched[0])
        if number % PART_CHUNKS == 0:
            manifest.add(writers, counts)
            counts = Counts()
    if counts.read:
        manifest.add(writers, counts)


def _merge(manifest: Manifest, outputs: Sequence[Path], sinks: Sequence[Sink]) -> None:
    """Put the outputs together, then let them take their places, one right after the other."""
    with ExitStack() as stack:
        for number, (output, sink) in enumerate(zip(outputs, sinks, strict=True)):
            file = stack.enter_context(atomic_write(output, staging=manifest.folder))
            sink.finish(manifest.files_of(number), file)
            manifest.expect(file)
