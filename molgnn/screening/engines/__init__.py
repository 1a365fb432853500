"""The ways to work through a library: a new one is a new file here and one line below."""

from __future__ import annotations

from molgnn.screening.engines.base import Engine, EngineOptions
from molgnn.screening.engines.pipeline import PipelineEngine
from molgnn.screening.engines.processes import ProcessEngine
from molgnn.screening.engines.ray import RayEngine
from molgnn.screening.engines.serial import SerialEngine

ENGINES: dict[str, type[Engine]] = {
    "serial": SerialEngine,
    "processes": ProcessEngine,
    "pipeline": PipelineEngine,
    "ray": RayEngine,
}

__all__ = ["ENGINES", "Engine", "EngineOptions"]
