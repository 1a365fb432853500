"""Search space: which settings a trial of the hyperparameter search varies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molgnn.fitting.architecture import ENCODER_FIELDS
from molgnn.fitting.config import TrainingConfig
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import find_encoder
from molgnn.nn.network import resolve
from molgnn.nn.search import Choice, FloatRange, IntRange, SearchSpace

if TYPE_CHECKING:
    from optuna import Trial

TRAINING_SPACE: SearchSpace = {
    "learning_rate": FloatRange(1e-4, 3e-3, log=True),
    "weight_decay": FloatRange(1e-6, 1e-1, log=True),
    "batch_size": Choice((32, 64, 128)),
}
READOUT_SPACE = Choice(("weighted_sum_and_max", "mean", "sum", "attention"))
HEAD_SPACE: SearchSpace = {"dropout": FloatRange(0.0, 0.5)}


def suggest(trial: Trial, base: TrainingConfig, encoders: tuple[str, ...]) -> TrainingConfig:
    """Let a trial choose everything that may vary; all else is as in *base*.

    Options of the base's encoder and readout are those parts' own: another one goes without them.
    """
    encoder = str(_choose(trial, "encoder", Choice(encoders))) if encoders[1:] else encoders[0]
    kept, readout = _start_from(base.network, encoder), _choose(trial, "readout", READOUT_SPACE)
    chosen = {
        "encoder": encoder,
        "encoder_options": kept.encoder_options
        | _choose_all(trial, encoder, find_encoder(encoder).search_space),
        "readout": readout,
        "readout_options": kept.readout_options if readout == kept.readout else {},
        "head_options": kept.head_options | _choose_all(trial, "head", HEAD_SPACE),
    }
    training = {name: _choose(trial, name, space) for name, space in TRAINING_SPACE.items()}
    own = dict.fromkeys(ENCODER_FIELDS)  # the encoder's options hold what the base has of them
    return TrainingConfig.build(**base.model_dump() | own | chosen | training)


def defaults(base: TrainingConfig, encoder: str, encoders: tuple[str, ...]) -> dict[str, Any]:
    """Return what `suggest` would have to choose for an encoder as it comes, or as *base* has it.

    What its space does not hold, as a weight decay of nothing on a scale of magnitudes, is left to
    chance.
    """
    network = resolve(_start_from(base.network, encoder))
    parts = (
        (f"{encoder}.", find_encoder(encoder).search_space, network.encoder_options),
        ("head.", HEAD_SPACE, network.head_options),
        ("", TRAINING_SPACE, base.model_dump()),
        ("", {"readout": READOUT_SPACE}, {"readout": network.readout}),
    )
    chosen: dict[str, Any] = {"encoder": encoder} if encoders[1:] else {}
    return chosen | {
        f"{prefix}{name}": values[name]
        for prefix, spaces, values in parts
        for name, space in spaces.items()
        if _holds(space, values[name])
    }


def _start_from(network: NetworkConfig, encoder: str) -> NetworkConfig:
    """Return the base's network, or another encoder in its place, with none of its options."""
    if network.encoder == encoder:
        return network
    return network.model_copy(update={"encoder": encoder, "encoder_options": {}})


def _choose_all(trial: Trial, prefix: str, space: SearchSpace) -> dict[str, Any]:
    return {name: _choose(trial, f"{prefix}.{name}", each) for name, each in space.items()}


def _choose(trial: Trial, name: str, space: Choice | IntRange | FloatRange) -> Any:
    match space:
        case Choice(values):
            return trial.suggest_categorical(name, values)
        case IntRange(low, high):
            return trial.suggest_int(name, low, high)
        case FloatRange(low, high, log):
            return trial.suggest_float(name, low, high, log=log)


def _holds(space: Choice | IntRange | FloatRange, value: Any) -> bool:
    if isinstance(space, Choice):
        return value in space.values
    return bool(space.low <= value <= space.high)
