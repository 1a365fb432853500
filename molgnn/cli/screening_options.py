"""The options of ``molgnn screen``, called as the keywords of `molgnn.screen` are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from molgnn.cli.options import Device, Model, SmilesColumn, split_names

SELECTION = "What to write"
ENGINE = "How to work"

LibraryFiles = Annotated[
    list[str],
    typer.Argument(
        help="Files of molecules, of any size: SMILES, CSV, TSV, SDF, each also .gz, .bz2, "
        ".xz or .zip; Parquet or Excel; a quoted pattern; or - for standard input.",
        show_default=False,
    ),
]
Output = Annotated[
    list[Path],
    typer.Option(
        "--output",
        "-o",
        help="A new file, whose suffix is one of {molgnn.screening.formats:FORMATS}; give it again "
        "for a second one; or - for standard output, row by row.",
        show_default=False,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        help="One of these suffixes, where that of the output does not tell its format; csv on "
        "standard output.",
        show_default=False,
    ),
]
IdColumn = Annotated[
    str | None,
    typer.Option(help="The column that names the molecules; comes first.", show_default=False),
]
Columns = Annotated[
    str | None,
    typer.Option(
        help="Columns of the library to keep, with commas between; by default all.",
        show_default=False,
    ),
]
Add = Annotated[
    list[str] | None,
    typer.Option(
        help="A column to add, such as the spread between an ensemble's networks, or the mean of "
        "all classifications: one of {molgnn.predictor.annotators:ANNOTATORS}; give it again for "
        "another.",
        show_default=False,
    ),
]
Where = Annotated[
    str | None,
    typer.Option(
        help='Write only rows that meet a condition, of any columns: "SR-p53 < 0.2 and logp < '
        '2", "series == \'A1\'".',
        show_default=False,
        rich_help_panel=SELECTION,
    ),
]
Top = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Write only so many rows, ranked by --by.",
        show_default=False,
        rich_help_panel=SELECTION,
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        help='What the top is ranked by, the largest first: a column, "mean", "max(NR-AR, NR-ER)".',
        show_default=False,
        rich_help_panel=SELECTION,
    ),
]
Ascending = Annotated[
    bool, typer.Option("--ascending", help="Rank the smallest first.", rich_help_panel=SELECTION)
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Worker processes; by default one per core, up to 8.",
        show_default=False,
        rich_help_panel=ENGINE,
    ),
]
EngineName = Annotated[
    str,
    typer.Option(
        help="How chunks are scored, by one of {molgnn.screening.engines:ENGINES}; auto is "
        "pipeline on a GPU, else processes.",
        rich_help_panel=ENGINE,
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        help="The Ray cluster to work on; by default one is started here.",
        show_default=False,
        rich_help_panel=ENGINE,
    ),
]
RowTimeout = Annotated[
    float,
    typer.Option(
        help="Seconds after which a row is given up and rejected.", rich_help_panel=ENGINE
    ),
]
Precision = Annotated[
    str,
    typer.Option(
        help="fp32; bf16; or auto, which is bf16 where that is faster and moves "
        "probabilities by no more than 0.005.",
        rich_help_panel=ENGINE,
    ),
]
Restart = Annotated[
    bool,
    typer.Option("--restart", help="Discard what an interrupted run into the output has done."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the output if it exists.")]


@dataclass(frozen=True, kw_only=True)
class ScreeningOptions:
    """What was given on the command line; each field is an option."""

    library: LibraryFiles
    output: Output
    format: Format = None
    model: Model = "tox21"
    smiles_column: SmilesColumn = None
    id_column: IdColumn = None
    columns: Columns = None
    add: Add = None
    where: Where = None
    top: Top = None
    by: By = None
    ascending: Ascending = False
    workers: Workers = None
    engine: EngineName = "auto"
    address: Address = None
    row_timeout: RowTimeout = 60.0
    device: Device = "auto"
    precision: Precision = "fp32"
    restart: Restart = False
    overwrite: Overwrite = False

    def to_keywords(self) -> dict[str, Any]:
        """Return the arguments of `molgnn.screen`."""
        # Only in another process does a row that crashes cost no more than itself.
        in_processes = (self.engine, self.workers) == ("auto", 1)
        return {
            **vars(self),
            "library": self.library[0] if len(self.library) == 1 else self.library,
            "columns": split_names(self.columns),
            "add": self.add or (),
            "engine": "processes" if in_processes else self.engine,
        }
