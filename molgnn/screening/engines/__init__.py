"""The ways to work through a library: a new one is a new file here and one line below."""

from __future__ import annotations

from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError, unknown_name
from molgnn.screening.engines.base import Engine, EngineOptions
from molgnn.screening.engines.pipeline import PipelineEngine
from molgnn.screening.engines.processes import ProcessEngine
from molgnn.screening.engines.ray import RayEngine
from molgnn.screening.engines.serial import SerialEngine

if TYPE_CHECKING:
    from molgnn.predictor.predictor import Predictor

__all__ = ["ENGINES", "Engine", "EngineOptions", "make_engine"]

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
        One of `ENGINES`, or ``"auto"``: this process for one worker, or for a model in memory
        where no number is given; else processes, which feed the GPU where the model runs on one.
    model, options
        What the engine gets.

    Raises
    ------
    UnknownName
        If there is no such engine.
    ConfigError
        If it cannot work with the model or the options.
    """
    if name == "auto":
        name = _choose(model, options)
    if name not in ENGINES:
        raise unknown_name("engine", name, [*ENGINES, "auto"])
    if options.address is not None and name != "ray":
        raise ConfigError(
            f"expected no address with the {name} engine but got {options.address!r}; fix: choose "
            "the engine ray, or give no address"
        )
    return ENGINES[name](model, options)


def _choose(model: str | Path | Predictor, options: EngineOptions) -> str:
    is_in_memory = not isinstance(model, str | Path)
    if options.workers == 1 or (options.workers is None and is_in_memory):
        return "serial"
    return "pipeline" if _is_gpu(options.device) else "processes"


def _is_gpu(device: str) -> bool:
    if device != "auto":
        return not device.startswith("cpu")
    if which("nvidia-smi") is None:  # torch takes a second to load
        return False
    import torch

    return torch.cuda.is_available()
