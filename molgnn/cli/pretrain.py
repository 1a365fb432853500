"""``molgnn pretrain``: its own options; those of the settings come from `PretrainingConfig`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from molgnn.cli.options import AsJson, option_names, print_json
from molgnn.cli.settings import given_settings
from molgnn.cli.train import Config, Devices, Overwrite, Resume, refuse_both
from molgnn.errors import with_options

Library = Annotated[
    list[str],
    typer.Argument(
        help="Files of molecules: SMILES, CSV, Parquet, Excel or SDF; no labels are needed.",
        show_default=False,
    ),
]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", help="A new folder for the encoder.", show_default=False),
]


def pretrain(
    ctx: typer.Context,
    library: Library,
    output: Output,
    config: Config = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    devices: Devices = 1,
    as_json: AsJson = False,
) -> None:
    """Train an encoder on molecules without labels; train --from starts from it.

    Example:  molgnn pretrain chembl.smi.gz -o runs/chembl
    """
    refuse_both(resume=resume, overwrite=overwrite)
    from molgnn.pretraining.pretrain import PretrainingFolder, pretrain

    if config is None and resume:
        config = PretrainingFolder(output).config
    options = option_names(ctx.command, ctx)
    run = pretrain(
        library[0] if len(library) == 1 else library,
        output,
        config,
        resume=resume,
        overwrite=overwrite,
        devices=devices,
        progress=True,
        notify=lambda text: typer.echo(with_options(text, options), err=True),
        **given_settings(ctx),
    )
    if as_json:
        print_json(run.to_json())
        return
    typer.echo(f"validation loss {run.valid_loss:.4g}")
    if run.interrupted:
        typer.echo("interrupted: the encoder is the best one until then; --resume goes on")
    typer.echo(f"the encoder is in {output}; next: molgnn train TABLE --from {output} -o …")
