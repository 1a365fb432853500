"""How a field of a settings record is shown: its panel in the help, and the names it may have."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

TRAIN, TUNE, EVALUATE, PRETRAIN = "train", "tune", "evaluate", "pretrain"
DISTILL = "distill"
PANELS = ("Data", "Network", "Training")
"""The headings of a command's options, in order."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Metadata of a field, beside its type, default and description.

    Parameters
    ----------
    panel
        One of `PANELS`: the heading in a command's help that the field stands under.
    registry
        Where the names that the field may have are listed, as ``"module:ATTRIBUTE"``; loaded only
        when a help is printed.
    others
        What else the field may hold, as the help writes it.
    option
        The option's name, where it is not the field's.
    commands
        The commands that have an option for it.
    is_files
        Whether it names files: the option is given again for each, as a name may hold commas.
    """

    panel: str
    registry: str = ""
    others: tuple[str, ...] = ()
    option: str = ""
    commands: tuple[str, ...] = (TRAIN, TUNE, PRETRAIN, DISTILL)
    is_files: bool = False

    def names(self) -> list[str]:
        """Return the names that the field may have; none where these are not listed."""
        return [*(registered_names(self.registry) if self.registry else ()), *self.others]


def registered_names(registry: str) -> list[str]:
    """Return the names that a registry lists, given as ``"module:ATTRIBUTE"``, which is loaded."""
    module, _, attribute = registry.partition(":")
    return [*getattr(import_module(module), attribute)]
