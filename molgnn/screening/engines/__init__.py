"""The ways to work through a library: a new one is a new file here and one line below."""

from __future__ import annotations

from molgnn.screening.engines.base import Engine
from molgnn.screening.engines.processes import ProcessEngine
from molgnn.screening.engines.serial import SerialEngine

ENGINES: dict[str, type[Engine]] = {
    "serial": SerialEngine,
    "processes": ProcessEngine,
}

__all__ = ["ENGINES", "Engine"]
