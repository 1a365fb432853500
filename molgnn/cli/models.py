"""``molgnn models``."""

from __future__ import annotations

from typing import Annotated

import typer

from molgnn.cli.options import AsJson, print_json
from molgnn.errors import BundleError

app = typer.Typer(no_args_is_help=True, help="List, describe and check the models.")

Name = Annotated[
    str, typer.Argument(help="A model's name or short name, or its folder.", show_default=False)
]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the models that come with molgnn.

    Example:  molgnn models list
    """
    from rich.console import Console
    from rich.table import Table

    from molgnn.zoo.catalogue import card_of, entries, folder_of

    known = {
        name: (entry.aliases, card_of(folder_of(name)).summary) for name, entry in entries().items()
    }
    if as_json:
        print_json(
            [
                {"name": name, "short": list(aliases), "predicts": summary}
                for name, (aliases, summary) in known.items()
            ]
        )
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("name", "short", "predicts"):
        table.add_column(title, no_wrap=title != "predicts")
    for name, (aliases, summary) in known.items():
        table.add_row(name, ", ".join(aliases), summary)
    Console(highlight=False, markup=False).print(table)


@app.command(no_args_is_help=True)
def show(model: Name, as_json: AsJson = False) -> None:
    """Show where a model comes from, how good it is, and where not to trust it.

    Example:  molgnn models show tox21
    """
    from molgnn.predictor.description import read_description
    from molgnn.tasks import Tasks
    from molgnn.zoo import model_card
    from molgnn.zoo.store import resolve

    description = read_description(resolve(model))
    card, tasks = model_card(model), description.get("tasks", [])  # none of a pretrained encoder
    if as_json:
        print_json({**card.model_dump(mode="json"), "tasks": tasks})
        return
    typer.echo(str(card))
    for task in Tasks.from_json(tasks) if tasks else ():
        unit = f" [{task.unit}]" if task.unit else ""
        typer.echo(f"  {task.name}{unit}  {task.description}".rstrip())


@app.command()
def verify(
    model: Annotated[
        str | None,
        typer.Argument(
            help="A model's name or short name, or its folder; all that come with molgnn if none.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check that every byte of a model is as it was saved.

    Example:  molgnn models verify
    """
    from molgnn.zoo.catalogue import entries

    problems = [problem for name in ([model] if model else entries()) for problem in _check(name)]
    if problems:
        raise BundleError("; ".join(problems))


def _check(model: str) -> list[str]:
    """Say that a model is sound, or return what is wrong with it."""
    from molgnn.zoo.store import verify

    try:
        verify(model)
    except BundleError as error:
        return [str(error)]
    typer.echo(f"{model}: as it was saved")
    return []
