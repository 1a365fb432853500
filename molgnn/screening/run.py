"""Score a library of any size: SMILES in, a table of predictions out, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, overload

from molgnn.chem.reading import open_library
from molgnn.errors import ConfigError
from molgnn.predictor.annotators import Annotation, as_annotations
from molgnn.screening.criteria import parse_criteria
from molgnn.screening.engines import EngineOptions, make_engine
from molgnn.screening.formats.delimited import CsvFormat
from molgnn.screening.interruption import exit_on_termination
from molgnn.screening.job import Job
from molgnn.screening.output import Outputs
from molgnn.screening.provenance import record_provenance
from molgnn.screening.selection import Selection
from molgnn.screening.sinks import make_sink
from molgnn.screening.summary import ScreeningSummary
from molgnn.screening.table import OutputTable

if TYPE_CHECKING:
    import pandas as pd

    from molgnn.predictor.predictor import Predictor


@overload
def screen(
    library: str | Path | Sequence[str | Path] | pd.DataFrame,
    model: str | Path | Predictor = "tox21",
    *,
    output: None = None,
    format: str | None = None,
    smiles_column: str | None = None,
    id_column: str | None = None,
    columns: Sequence[str] | None = None,
    add: Iterable[str | Annotation] = (),
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
) -> pd.DataFrame: ...
@overload
def screen(
    library: str | Path | Sequence[str | Path] | pd.DataFrame,
    model: str | Path | Predictor = "tox21",
    *,
    output: str | Path | Sequence[str | Path],
    format: str | None = None,
    smiles_column: str | None = None,
    id_column: str | None = None,
    columns: Sequence[str] | None = None,
    add: Iterable[str | Annotation] = (),
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
) -> ScreeningSummary: ...
def screen(
    library: str | Path | Sequence[str | Path] | pd.DataFrame,
    model: str | Path | Predictor = "tox21",
    *,
    output: str | Path | Sequence[str | Path] | None = None,
    format: str | None = None,
    smiles_column: str | None = None,
    id_column: str | None = None,
    columns: Sequence[str] | None = None,
    add: Iterable[str | Annotation] = (),
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
) -> ScreeningSummary | pd.DataFrame:
    """Score every row of a library, in a bounded memory, into files of as many rows in that order.

    An output holds the library's columns, then ``status`` (``ok`` or ``rejected``) and ``reason``,
    then one column per task and what annotators add, empty for rejected rows. A name that the
    library has already gets ``_pred`` behind it. It appears at its place when it is complete.

    Until then, finished rows are kept in a folder beside it, the first where there are several.
    However a screening was interrupted, the same call resumes behind them, and the output is what
    it would have been, to the byte.

    Parameters
    ----------
    library
        What `molgnn.chem.reading.open_library` reads: a file, several, a pattern, a DataFrame, or
        ``"-"``, standard input.
    model
        A model's name or folder, or a loaded one.
    output
        A file, whose suffix tells one of `molgnn.screening.formats.FORMATS`; several, which are
        written in one pass; ``"-"``, standard output, where rows are written as they are scored and
        nothing can be resumed; or None, for a DataFrame.
    format
        A format's name, such as ``"tsv"``, where no suffix tells it.
    smiles_column
        Found by its name where not given.
    id_column
        The column that names the molecules, which is put first.
    columns
        Those of the library to keep, by default all; the SMILES are kept in any case.
    add
        Columns to add to the predictions, such as ``["spread"]`` or ``["any"]``: names in
        `molgnn.predictor.annotators.ANNOTATORS`.
    where
        Keep only rows that meet a condition, such as ``"SR-p53 < 0.2 and logp < 2"``, of columns of
        the output and of the library, be they kept or not. A name that both have means the
        output's; the library's then has ``_input`` behind it. A rejected row meets none that does
        not ask for its ``status`` or ``reason``. Text where a number is wanted is no number, and
        is told in the summary's notes, or as a warning where a DataFrame is returned.
    top, by, ascending
        Keep only so many rows, those of the largest *by*: a column, or an expression such as
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

    Returns
    -------
    ScreeningSummary or pandas.DataFrame
        What became of the rows; or, where no output is named, the rows themselves: a DataFrame's
        own columns and index as they were, and of a text file's columns the text.

    Raises
    ------
    FileProblem, TableError
        If the library cannot be read or the output cannot be written; if the library, the model
        or an option has changed since the screening into *output* was interrupted.
    UnknownName, BundleError
        If there is no such model, engine, format or column to add, or a model's files are not as
        they were saved.
    ConfigError
        If an option or an expression makes no sense, workers cannot load *model*, or torch has
        no such *device*.
    """
    if chunk_size < 1:
        raise ConfigError(f"expected chunk_size of at least 1 but got {chunk_size}")
    outputs = Outputs.of(output, format)
    selection = Selection(where, top, by, ascending)
    options = EngineOptions(workers, device, row_timeout, address, precision, as_annotations(add))
    with (
        open_library(library, smiles_column, columns=columns, id_column=id_column) as rows,
        exit_on_termination(),
    ):
        outputs.check(rows.paths, overwrite=overwrite)
        scorer = make_engine(engine, model, options)
        criteria = parse_criteria(selection, OutputTable.of(rows, scorer.tasks, scorer.added))
        read = rows.reading_also(criteria.left_out)
        job = Job(read, model, scorer, criteria, chunk_size, progress)
        return _write(job, outputs, selection, options, restart=restart)


def _write(
    job: Job,
    outputs: Outputs,
    selection: Selection,
    options: EngineOptions,
    *,
    restart: bool,
) -> ScreeningSummary | pd.DataFrame:
    sinks = [make_sink(kind, job.criteria) for kind in outputs.formats or [CsvFormat]]
    if not outputs.paths:
        return job.to_frame(sinks[0])
    if outputs.is_stream:
        return job.to_stream(sinks[0], "standard output")
    names = [kind.__name__ for kind in outputs.formats]
    provenance = record_provenance(
        job.library, job.model, selection, options, names, job.chunk_size
    )
    return job.to_files(outputs.paths, sinks, provenance, restart=restart)
