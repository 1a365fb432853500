"""``molgnn screen``: score a library of molecules from file to file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.options import Device, Model, SmilesColumn, option_names, split_names
from molgnn.errors import with_options

SELECTION = "What to write"
ENGINE = "How to work"


def screen(
    ctx: typer.Context,
    library: Annotated[
        list[str],
        typer.Argument(
            help="Files of molecules, of any size: SMILES, CSV, TSV, SDF, each also .gz, .bz2, "
            ".xz or .zip; Parquet or Excel; a quoted pattern; or - for standard input.",
            show_default=False,
        ),
    ],
    output: Annotated[
        list[Path],
        typer.Option(
            "--output",
            "-o",
            help="A new .csv, .tsv or .sdf, each also with .gz, or .parquet; give it again for a "
            "second one; or - for standard output, row by row.",
            show_default=False,
        ),
    ],
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="csv, tsv, sdf, parquet…, where no suffix tells it; csv on standard output.",
            show_default=False,
        ),
    ] = None,
    model: Model = "tox21",
    smiles_column: SmilesColumn = None,
    id_column: Annotated[
        str | None,
        typer.Option(help="The column that names the molecules; comes first.", show_default=False),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            help="Columns of the library to keep, with commas between; by default all.",
            show_default=False,
        ),
    ] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            help="A column to add: spread (between an ensemble's networks); any, mean or max (of "
            "all classifications); give it again for another.",
            show_default=False,
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            help='Write only rows that meet a condition, of any columns: "SR-p53 < 0.2 and logp < '
            '2", "series == \'A1\'".',
            show_default=False,
            rich_help_panel=SELECTION,
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Write only so many rows, ranked by --by.",
            show_default=False,
            rich_help_panel=SELECTION,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            help='What the top is ranked by, the largest first: a column, "mean", "max(NR-AR, '
            'NR-ER)".',
            show_default=False,
            rich_help_panel=SELECTION,
        ),
    ] = None,
    ascending: Annotated[
        bool,
        typer.Option("--ascending", help="Rank the smallest first.", rich_help_panel=SELECTION),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Worker processes; by default one per core, up to 8.",
            show_default=False,
            rich_help_panel=ENGINE,
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            help="serial, processes, pipeline (for a GPU) or ray.", rich_help_panel=ENGINE
        ),
    ] = "auto",
    address: Annotated[
        str | None,
        typer.Option(
            help="The Ray cluster to work on; by default one is started here.",
            show_default=False,
            rich_help_panel=ENGINE,
        ),
    ] = None,
    row_timeout: Annotated[
        float,
        typer.Option(
            help="Seconds after which a row is given up and rejected.", rich_help_panel=ENGINE
        ),
    ] = 60.0,
    device: Device = "auto",
    precision: Annotated[
        str,
        typer.Option(
            help="fp32; bf16; or auto, which is bf16 where that is faster and moves "
            "probabilities by no more than 0.005.",
            rich_help_panel=ENGINE,
        ),
    ] = "fp32",
    restart: Annotated[
        bool,
        typer.Option("--restart", help="Discard what an interrupted run into the output has done."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it exists.")
    ] = False,
) -> None:
    """Score a library of molecules, whatever it holds: one row out for each row in.

    The output has the columns of the library, then status and reason, then the
    probability of each effect; it appears when it is complete. A run that was
    interrupted is resumed when the same command is given again.

    Example:  molgnn screen vendor.csv.gz -m tox21 -o scored.csv.gz
    """
    from molgnn.chem.reading import as_text
    from molgnn.screening import screen
    from molgnn.screening.stream import STANDARD_OUTPUT

    summary = screen(
        library[0] if len(library) == 1 else library,
        model,
        output=output,
        format=output_format,
        add=add or (),
        smiles_column=smiles_column,
        id_column=id_column,
        columns=split_names(columns),
        where=where,
        top=top,
        by=by,
        ascending=ascending,
        # Only in another process does a row that crashes cost no more than itself.
        engine="processes" if (engine, workers) == ("auto", 1) else engine,
        workers=workers,
        address=address,
        row_timeout=row_timeout,
        device=device,
        precision=precision,
        restart=restart,
        overwrite=overwrite,
        progress=True,
    )
    # Standard output is the table's own where it goes there.
    typer.echo(str(summary), err=output == [Path(STANDARD_OUTPUT)])
    options = option_names(ctx.command, ctx)
    for note in summary.notes:
        typer.echo(f"molgnn: {with_options(as_text(note), options)}", err=True)
    if summary.likely_cause:
        cause = with_options(summary.likely_cause, options)
        typer.echo(f"molgnn: not one row was scored: {cause}", err=True)
        raise typer.Exit(1)
