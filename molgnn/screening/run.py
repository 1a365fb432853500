"""From a library of any size to a table of predictions, row by row."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.chem.reading import Library, open_library
from molgnn.errors import ConfigError, FileProblem
from molgnn.predictor.seal import read_description
from molgnn.screening.chunks import ScoredChunk, split_into_chunks
from molgnn.screening.engines import EngineOptions, make_engine
from molgnn.screening.formats import find_format
from molgnn.screening.manifest import Manifest, Pins, fingerprint, is_own, open_manifest
from molgnn.screening.output import check_output, new_file
from molgnn.screening.progress import show_progress
from molgnn.screening.selection import Selection
from molgnn.screening.sinks import Sink, make_sink
from molgnn.screening.stopping import saying_how_to_go_on, termination_unwinds
from molgnn.screening.summary import Counts, ScreeningSummary
from molgnn.zoo.store import resolve

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor

PART_CHUNKS = 16


def screen(
    library: str | Path | Sequence[str | Path],
    model: str | Path | Predictor = "tox21",
    *,
    output: str | Path,
    smiles_column: str | None = None,
    id_column: str | None = None,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    top: int | None = None,
    by: str | None = None,
    ascending: bool = False,
    engine: str = "auto",
    workers: int = 1,
    device: str = "auto",
    precision: str = "fp32",
    address: str | None = None,
    row_timeout: float = 60.0,
    chunk_size: int = 1024,
    restart: bool = False,
    overwrite: bool = False,
    progress: bool = False,
) -> ScreeningSummary:
    """Score every row of a library, in a bounded memory, into a file of as many rows in that order.

    The output holds the library's columns, then ``status`` (``ok`` or ``rejected``) and
    ``reason``, then one column per task, empty for rejected rows. A name that the library has
    already gets ``_pred`` behind it. It appears at its place when it is complete.

    Until then, finished rows are kept in a folder beside it. However a screening was stopped, the
    same call goes on behind them, and the output is what it would have been, to the byte.

    Parameters
    ----------
    library
        What `molgnn.chem.reading.open_library` reads: a file, several, a pattern, or ``"-"``.
    model
        A model's name or folder, or a loaded one.
    output
        Its suffix decides on the format: one of `molgnn.screening.formats.FORMATS`.
    smiles_column
        Found by its name where not given.
    id_column
        The column that names the molecules, which is put first.
    columns
        Those of the library to keep, by default all; the SMILES are kept in any case.
    where
        Keep only rows that meet a condition, such as ``"SR-p53 < 0.2 and max < 0.5"``.
    top, by, ascending
        Keep only so many rows, those of the largest *by*: a task, or an expression such as
        ``"mean"`` or ``"max(NR-AR, NR-ER)"``; of the smallest if *ascending*. They are written in
        the order of their ``rank``.
    engine
        A name in `molgnn.screening.engines.ENGINES`. ``"auto"`` scores in this process, or in
        worker processes if there are several.
    workers
        How many processes score, of one thread each.
    device
        Where the model runs, unless it is loaded already; several workers share it.
    precision
        How exactly it multiplies: ``"fp32"``; ``"bf16"``; or ``"auto"``, the latter where that
        moves no probability by more than 0.005.
    address
        The Ray cluster that the engine ``"ray"`` works on; by default one on this computer.
    row_timeout
        Seconds after which a row is given up and rejected, where other processes score.
    chunk_size
        Rows that are read, scored and written at a time.
    restart
        Discard what an interrupted screening into *output* has done.
    overwrite
        Whether an existing output may be replaced; the library never is.
    progress
        Show how far it has come, on stderr.

    Raises
    ------
    FileProblem, TableError
        If the library cannot be read or the output cannot be written; if the library, the model
        or an option has changed since the screening into *output* was interrupted.
    UnknownName, BundleError
        If there is no such model or engine, or a model's files are not as they were saved.
    ConfigError
        If an option or an expression makes no sense, workers cannot load *model*, or torch has
        no such *device*.
    """
    if chunk_size < 1:
        raise ConfigError(f"expected chunk_size of at least 1 but got {chunk_size}")
    output = Path(output)
    output_format = find_format(output)
    selection = Selection(where, top, by, ascending)
    options = EngineOptions(workers, device, row_timeout, address, precision)
    with (
        open_library(library, smiles_column, columns=columns, id_column=id_column) as rows,
        termination_unwinds(),
    ):
        check_output(output, rows.paths, overwrite=overwrite or is_own(output))
        scorer = make_engine(engine, model, options)
        tasks = scorer.tasks.names
        sink = make_sink(output_format, rows.columns, tasks, selection, id_index=rows.id_index)
        pins = _pin(rows, model, selection, options, output_format.__name__, chunk_size)
        with (
            open_manifest(output, pins, restart=restart) as manifest,
            saying_how_to_go_on(manifest, is_possible=_can_go_on(rows, model)),
        ):
            resumed, started = manifest.counts.read, time.perf_counter()
            sink.restore(manifest.paths)
            chunks = split_into_chunks(islice(rows, resumed, None), chunk_size)
            scored = scorer.run(chunks)
            with closing(show_progress(scored, resumed) if progress else scored) as scored:
                _add_parts(manifest, sink, scored)
            _check_unchanged(rows, pins)
            with new_file(output, staging=manifest.folder) as file:
                sink.finish(manifest.paths, file)
                manifest.expect(file)
            counts, seconds = manifest.counts, time.perf_counter() - started
            manifest.forget()
    written = counts.matched if top is None else min(counts.matched, top)
    return ScreeningSummary(output, counts, written, resumed, seconds)


def _add_parts(manifest: Manifest, sink: Sink, scored: Iterable[ScoredChunk]) -> None:
    counts = Counts()
    for number, chunk in enumerate(scored, 1):
        counts += Counts.of(chunk, sink.add(chunk))
        if number % PART_CHUNKS == 0:
            manifest.add(sink.commit, counts)
            counts = Counts()
    if counts.read:
        manifest.add(sink.commit, counts)


def _can_go_on(rows: Library, model: str | Path | Predictor) -> bool:
    """Say whether another process can read the same rows and load the same model."""
    return bool(rows.paths) and isinstance(model, str | Path)


def _pin(
    rows: Library,
    model: str | Path | Predictor,
    selection: Selection,
    options: EngineOptions,
    output_format: str,
    chunk_size: int,
) -> Pins:
    """Return all that the bytes of the output depend on."""
    never_again = {"seen once": secrets.token_hex(8)}
    return {
        "input": {str(path): fingerprint(path) for path in rows.paths} or never_again,
        "model": {"sha256": read_description(resolve(model))["sha256"]}
        if isinstance(model, str | Path)
        else never_again,
        "option": {
            "SMILES column": rows.columns[rows.smiles_index],
            "columns": [*rows.columns],
            "device": options.device,
            "precision": options.precision,
            "chunk size": chunk_size,
            "output format": output_format,
            **asdict(selection),
        },
        "version of": {name: version(name) for name in ("molgnn", "rdkit", "torch", "pyarrow")},
    }


def _check_unchanged(rows: Library, pins: Pins) -> None:
    """Make sure that no file was written to while it was read."""
    for path in rows.paths:
        if fingerprint(path) != pins["input"][str(path)]:
            raise FileProblem(
                f"{path} was changed while it was read; fix: screen it again with --restart "
                "(restart=True)"
            )
