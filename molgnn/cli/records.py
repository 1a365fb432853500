"""Options of a command from the fields of a dataclass, and names from a registry in its help."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand

from molgnn.settings import registered_names

Record = TypeVar("Record")


def takes_options_of(
    record: type[Record],
) -> Callable[[Callable[[typer.Context, Record], None]], Callable[..., None]]:
    """Let a command take each field of a dataclass as an option, and get them as one record.

    Parameters
    ----------
    record
        A dataclass whose fields are annotated as Typer's parameters are.
    """

    def decorate(command: Callable[[typer.Context, Record], None]) -> Callable[..., None]:
        @wraps(command)
        def run(ctx: typer.Context, **given: Any) -> None:
            command(ctx, record(**given))

        types = get_type_hints(record, include_extras=True)
        context = inspect.Parameter(
            "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
        )
        fields = inspect.signature(record).parameters.values()
        run.__annotations__ = {"ctx": typer.Context, **types}
        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [context, *(field.replace(annotation=types[field.name]) for field in fields)]
        )
        return run

    return decorate


class HelpWithNames(TyperCommand):
    """A command whose help may hold ``{module:REGISTRY}``, which stands for the names listed there.

    The registry is loaded when the help is shown, not when molgnn starts.
    """

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help, with the names."""
        for param in self.params:
            option: Any = param
            option.help = re.sub(r"\{([\w.]+:\w+)\}", _list_names, option.help or "")
        super().format_help(ctx, formatter)


def _list_names(found: re.Match[str]) -> str:
    return ", ".join(registered_names(found[1]))
