"""The ways to work through a library: a new one is a new file here and one line below."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from molgnn.errors import unknown_name
from molgnn.screening.engines.base import Engine, EngineOptions
from molgnn.screening.engines.pipeline import PipelineEngine
from molgnn.screening.engines.processes import ProcessEngine
from molgnn.screening.engines.ray import RayEngine
from molgnn.screening.engines.serial import SerialEngine

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor

ENGINES: dict[str, type[Engine]] = {
    "serial": SerialEngine,
    "processes": ProcessEngine,
    "pipeline": PipelineEngine,
    "ray": RayEngine,
}


def make_engine(name: str, model: str | Path | Predictor, options: EngineOptions) -> Engine:
    """Return the engine of that name.

    Parameters
    ----------
    name
        One of `ENGINES`, or ``"auto"``: this process for one worker, processes for several,
        which feed the GPU where the model runs on one.
    model, options
        What the engine gets.

    Raises
    ------
    UnknownName
        If there is no such engine.
    """
    if name == "auto":
        name = "serial" if options.workers == 1 else "processes"
        if name == "processes" and _is_gpu(options.device):
            name = "pipeline"
    if name not in ENGINES:
        raise unknown_name("engine", name, [*ENGINES, "auto"])
    return ENGINES[name](model, options)


def usable_cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_gpu(device: str) -> bool:
    if device != "auto":
        return not device.startswith("cpu")
    if which("nvidia-smi") is None:  # torch takes a second to load
        return False
    import torch

    return torch.cuda.is_available()


__all__ = ["ENGINES", "Engine", "EngineOptions", "make_engine", "usable_cores"]
