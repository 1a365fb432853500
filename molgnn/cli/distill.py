"""``molgnn distill``: its own options; those of the settings come from `DistillationConfig`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from molgnn.cli.options import AsJson, option_names, print_json
from molgnn.cli.pretrain import Library
from molgnn.cli.settings import given_settings
from molgnn.cli.train import Config, Output, Overwrite, Resume, refuse_both
from molgnn.errors import with_options

if TYPE_CHECKING:
    from molgnn.distillation.distill import DistillationRun

Teacher = Annotated[
    str, typer.Argument(help="A model: a name, or a folder of a training.", show_default=False)
]
Labels = Annotated[
    Path | None,
    typer.Option(
        help="A table with the teacher's tasks, whose molecules and labels are learned besides; "
        "leave out what the student is to be tested on.",
        show_default=False,
    ),
]


def distill(
    ctx: typer.Context,
    teacher: Teacher,
    library: Library,
    output: Output,
    labels: Labels = None,
    config: Config = None,
    resume: Resume = False,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Train one fast network to predict what a larger model does.

    Example:  molgnn distill runs/best chembl.smi.gz --labels tox21.csv -o runs/student
    """
    refuse_both(resume=resume, overwrite=overwrite)
    from molgnn.distillation.distill import DistillationFolder, distill

    if config is None and resume:
        config = DistillationFolder(output).config
    options = option_names(ctx.command, ctx)
    run = distill(
        teacher,
        library[0] if len(library) == 1 else library,
        output,
        config,
        labels=labels,
        resume=resume,
        overwrite=overwrite,
        progress=True,
        notify=lambda text: typer.echo(with_options(text, options), err=True),
        **given_settings(ctx),
    )
    if as_json:
        print_json(run.to_json())
    else:
        _print_run(run)


def _print_run(run: DistillationRun) -> None:
    for task, measures in run.agreement.items():
        typer.echo(
            f"{task}: R² {measures['r2']:.3f} against the teacher, mean difference "
            f"{measures['mean_difference']:.4f}"
        )
    if run.interrupted:
        typer.echo("interrupted: the student is the best one until then; --resume goes on")
    typer.echo(f"the student is in {run.folder}; next: molgnn screen LIBRARY -m {run.folder}")
