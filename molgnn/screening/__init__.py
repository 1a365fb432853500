"""Scoring a whole library, from file to file.

Each name is loaded when it is first used: workers start without what only the command needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from molgnn.screening.run import screen
    from molgnn.screening.summary import ScreeningSummary

_HOMES = {"screen": "molgnn.screening.run", "ScreeningSummary": "molgnn.screening.summary"}

__all__ = ["ScreeningSummary", "screen"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(_HOMES[name]), name)
    return value
