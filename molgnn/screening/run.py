"""From a library of any size to a table of predictions, row by row."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.chem.reading import Library, open_library
from molgnn.errors import BundleError, ConfigError, FileProblem
from molgnn.predictor.description import read_description
from molgnn.screening.chunks import ScoredChunk, split_into_chunks
from molgnn.screening.engines import EngineOptions, make_engine
from molgnn.screening.formats import find_format
from molgnn.screening.manifest import ONCE, Manifest, Pins, fingerprint, is_own, open_manifest
from molgnn.screening.output import check_output, new_file
from molgnn.screening.progress import show_progress
from molgnn.screening.selection import Selection
from molgnn.screening.sinks import Sink, make_sink
from molgnn.screening.stopping import forgetting, saying_how_to_go_on, termination_unwinds
from molgnn.screening.summary import Counts, ScreeningSummary
from molgnn.zoo.store import resolve

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor

PART_CHUNKS = 16

_PINNED_PACKAGES = (
    "molgnn", "rdkit", "cuik-molmaker-pin", "chembl_structure_pipeline", "torch", "dgl", "numpy",
    "pyarrow",
)  # fmt: skip


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
    workers: int | None = 1,
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
        A name in `molgnn.screening.engines.ENGINES`. ``"auto"`` scores in this process if *workers*
        is 1, else in worker processes; only there does a row that crashes or hangs cost no more
        than itself.
    workers
        How many processes score, of one thread each; None is one per core, up to 8.
    device
        Where the model runs, unless it is loaded already; several workers share it.
    precision
        How exactly a model that is not loaded yet multiplies, as `Predictor` explains.
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
            with forgetting(manifest):
                _check_unchanged(rows, model, pins)
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
    """Return what the bytes of the output depend on, the machine aside."""
    return {
        "input": _pin_input(rows),
        "model": _pin_model(model),
        "option": {
            "order of files": [*map(str, rows.paths)],
            "SMILES column": rows.columns[rows.smiles_index],
            "id column": rows.id_index,
            "columns": [*rows.columns],
            "device": options.device,
            "precision": options.precision,
            "row timeout": options.row_timeout,
            "chunk size": chunk_size,
            "output format": output_format,
            **asdict(selection),
        },
        "version of": _pin_versions(),
    }


def _pin_input(rows: Library) -> dict[str, str]:
    pins = {str(path): fingerprint(path) for path in rows.paths}
    return pins or {ONCE: secrets.token_hex(8)}


def _pin_model(model: str | Path | Predictor) -> dict[str, str]:
    if isinstance(model, str | Path):
        return {"sha256": read_description(resolve(model))["sha256"]}
    return {ONCE: secrets.token_hex(8)}


def _pin_versions() -> dict[str, str | None]:
    """Return the version of all that has a part in the numbers, None where it is not installed."""
    versions: dict[str, str | None] = dict.fromkeys(_PINNED_PACKAGES)
    for name in versions:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def _check_unchanged(rows: Library, model: str | Path | Predictor, pins: Pins) -> None:
    """Make sure that neither the rows nor the model were written to while they were in use."""
    if rows.paths and _pin_input(rows) != pins["input"]:
        raise FileProblem(
            f"{rows.name} was changed while it was read; fix: screen it again, which begins anew"
        )
    if isinstance(model, str | Path) and _pin_model(model) != pins["model"]:
        raise BundleError(
            f"the model {model} was changed while it was in use; fix: screen again, which begins "
            "anew"
        )
