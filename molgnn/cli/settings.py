"""From the options of ``molgnn train`` to its settings, and back for its help."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperOption

if TYPE_CHECKING:
    from molgnn.training.config import TrainingConfig

ENCODER_OPTIONS = ("hidden_dim", "depth", "dropout")
LOSS_OPTIONS = {
    "loss": "classification",
    "regression_loss": "regression",
    "class_balance": "class_balance",
    "task_weights": "task_weights",
}


class TrainCommand(TyperCommand):
    """Takes the defaults that its help shows from `TrainingConfig`, when help is asked for."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help."""
        from molgnn.training.config import TrainingConfig

        config = TrainingConfig()
        losses = {name: getattr(config.loss, field) for name, field in LOSS_OPTIONS.items()}
        defaults = config.network.model_dump() | config.model_dump(exclude_none=True) | losses
        for option in self.params:
            default = defaults.get(option.name, False)
            if isinstance(option, TyperOption) and default is not False:
                option.help = f"{option.help} Default: {default}."
        super().format_help(ctx, formatter)


def changed(
    base: TrainingConfig, given: dict[str, Any], encoder_options: dict[str, Any]
) -> TrainingConfig:
    """Return *base* with each option that was given at its place."""
    record = base.model_dump()
    network, loss = record["network"], record["loss"]
    options = network["encoder_options"]
    if given["encoder"] not in (None, network["encoder"]):
        options.clear()  # they were another encoder's
    for name, value in given.items():
        if value is None:
            continue
        if name in ENCODER_OPTIONS:
            options[name] = value
        elif name in LOSS_OPTIONS:
            loss[LOSS_OPTIONS[name]] = value
        else:
            (network if name in network else record)[name] = value
    options.update(encoder_options)
    return base.build(**record)


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
