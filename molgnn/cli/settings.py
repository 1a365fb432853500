"""Command line options made from the fields of settings records: one declaration for both."""

from __future__ import annotations

import inspect
import json
from enum import Enum
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand

from molgnn.cli.options import split_names
from molgnn.settings import PANELS, Shown

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from molgnn.fitting.config import TrainingConfig
    from molgnn.fitting.settings_record import SettingsRecord

RECORDS = {
    "train": "molgnn.fitting.config:TrainingConfig",
    "pretrain": "molgnn.pretraining.config:PretrainingConfig",
    "distill": "molgnn.distillation.config:DistillationConfig",
}
"""Where the options of a command come from; of those not named, from a training's."""

SETTINGS = "molgnn.settings"
"""Where a context keeps the settings that were given."""


class SettingsCommand(TyperCommand):
    """A command that has, beside its own options, one for each setting of a training.

    They are made when the command runs or shows its help, not when molgnn starts; what a setting
    may be called, as the encoders' names, is looked up for the help alone.
    """

    @cached_property
    def fields(self) -> dict[str, FieldInfo]:
        """The settings that are options here, without those that the command declares itself."""
        own = {param.name for param in self.params}
        fields = _fields_of(str(self.name))
        return {name: field for name, field in fields.items() if name not in own}

    @cached_property
    def setting_options(self) -> list[Any]:
        """The options of the settings."""
        return _make_options(self.fields)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the command's own parameters, the settings, and ``--help``."""
        *own, show_help = super().get_params(ctx)
        return [*own, *self.setting_options, show_help]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help, with the names that settings may have."""
        for option in self.setting_options:
            option.help = _help(self.fields[option.name])
        super().format_help(ctx, formatter)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; it finds the settings that were given in its context."""
        given = {option.name: ctx.params.pop(option.name) for option in self.setting_options}
        ctx.meta[SETTINGS] = {n: value for n, value in given.items() if value not in (None, [])}
        return super().invoke(ctx)


def read_settings(ctx: typer.Context, config: Path | None) -> TrainingConfig:
    """Return the settings of a training: a file's or the defaults, changed by options."""
    from molgnn.fitting.config import TrainingConfig

    return TrainingConfig.given(config, given_settings(ctx))


def given_settings(ctx: typer.Context) -> dict[str, Any]:
    """Return the settings that were given as options, by name."""
    fields = record_of(str(ctx.command.name)).model_fields
    return {name: _parse(fields[name], value) for name, value in ctx.meta[SETTINGS].items()}


def record_of(command: str) -> type[SettingsRecord]:
    """Return the record whose fields are a command's options."""
    module, _, name = RECORDS.get(command, RECORDS["train"]).partition(":")
    record: type[SettingsRecord] = getattr(import_module(module), name)
    return record


def option_name(setting: str) -> str:
    """Return the option of a setting; one that may be given again is called in the singular."""
    name = setting.removesuffix("s") if setting.endswith("_options") else setting
    return f"--{name.replace('_', '-')}"


def read_pairs(pairs: list[str]) -> dict[str, Any]:
    """Return the values in ``NAME=VALUE``: numbers, true and false, lists, or else text."""
    read: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.rpartition("=")
        if not (name and equals):
            raise typer.BadParameter(f"expected NAME=VALUE but got {pair!r}")
        try:
            read[name.strip()] = json.loads(text)
        except ValueError:
            read[name.strip()] = text.strip()
    return read


def _fields_of(command: str) -> dict[str, FieldInfo]:
    """Return the settings that a command has options for, panel by panel."""
    fields = record_of(command).model_fields.items()
    chosen = {name: field for name, field in fields if command in _shown(field).commands}
    return dict(sorted(chosen.items(), key=lambda item: PANELS.index(_shown(item[1]).panel)))


def _make_options(fields: dict[str, FieldInfo]) -> list[Any]:
    """Let Typer make the options, of a function that has the settings as its parameters."""

    def function(**_: Any) -> None: ...

    annotations = {name: _annotation(name, field) for name, field in fields.items()}
    function.__annotations__ = annotations
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=shown)
            for name, shown in annotations.items()
        ]
    )
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return typer.main.get_command(app).params


def _annotation(name: str, field: FieldInfo) -> Any:
    """Return the type of an option, and how it is shown."""
    kind, option = _kind(field), _shown(field).option or option_name(name)
    shown = {bool: bool, int: int, float: float, dict: list[str]}.get(kind, str)
    return Annotated[
        (list[str] if _shown(field).is_files else shown) | None,
        typer.Option(
            f"{option}/--no-{option[2:]}" if kind is bool else option,
            help=field.description,
            metavar="NAME=VALUE" if kind is dict else "FILE" if _shown(field).is_files else None,
            show_default=False,
            rich_help_panel=_shown(field).panel,
        ),
    ]


def _help(field: FieldInfo) -> str:
    """Return the description of a field, the names it may have, and its default."""
    kind = _kind(field)
    if get_origin(kind) is Literal:
        names = list(get_args(kind))
    elif isinstance(kind, type) and issubclass(kind, Enum):
        names = [each.value for each in kind]
    else:
        names = _shown(field).names()
    text = f"{field.description}; one of {', '.join(names)}" if names else str(field.description)
    if kind is dict or _shown(field).is_files:
        text += "; may be given again"
    default = field.get_default(call_default_factory=True)
    if default is None or default is False or default in ({}, ()):
        return f"{text}."
    written = ",".join(map(str, default)) if isinstance(default, tuple) else default
    return f"{text}. Default: {written}."


def _parse(field: FieldInfo, value: Any) -> Any:
    """Return the value of a setting, of which its option has the text."""
    if _shown(field).is_files:
        return value
    if _kind(field) is tuple:
        return split_names(value)
    if _kind(field) is not dict:
        return value
    # Values that are numbers hold no comma, so that several may be given at once.
    is_text = get_args(field.annotation)[1] is Any
    return read_pairs(value if is_text else [pair for v in value for pair in split_names(v) or []])


def _kind(field: FieldInfo) -> Any:
    """Return a field's type without None, of a container without what it contains."""
    kind: Any = field.annotation
    if type(None) in get_args(kind):
        [kind] = [each for each in get_args(kind) if each is not type(None)]
    if hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    return get_origin(kind) if get_origin(kind) in (tuple, dict) else kind


def _shown(field: FieldInfo) -> Shown:
    return next(each for each in field.metadata if isinstance(each, Shown))
