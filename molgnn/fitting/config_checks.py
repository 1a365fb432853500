"""Check settings: one spelling for each, nested records of earlier versions, errors in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from molgnn.errors import ConfigError, unknown_name

EARLIER_NAMES = {"classification": "loss", "regression": "regression_loss"}
"""Settings of the loss, as molgnn 0.1 called them."""


def flat_settings(given: Mapping[str, Any], encoder_fields: Sequence[str]) -> dict[str, Any]:
    """Return settings without records in the record, and each at one place.

    Parameters
    ----------
    given
        Settings; those of molgnn 0.1 held ``network`` and ``loss`` as records.
    encoder_fields
        Options of the encoder that are settings of their own, and are taken out of its options.

    Raises
    ------
    ValueError
        If such an option has two values.
    """
    flat = _without_records(given)
    if not isinstance(flat.get("encoder_options"), Mapping):
        return flat
    options = dict(flat["encoder_options"])
    for name in [name for name in encoder_fields if name in options]:
        value = options.pop(name)
        if flat.get(name) not in (None, value):
            raise ValueError(
                f"expected {name} once but got {flat[name]} and, in encoder_options, {value}; "
                "fix: leave one of them out"
            )
        flat[name] = value
    return flat | {"encoder_options": options}


def _without_records(given: Mapping[str, Any]) -> dict[str, Any]:
    flat = dict(given)
    network, loss = flat.get("network"), flat.get("loss")
    if isinstance(network, BaseModel):
        network = network.model_dump()
    if isinstance(network, Mapping):
        del flat["network"]
        flat.update(network)
    if isinstance(loss, Mapping):
        del flat["loss"]
        flat.update({EARLIER_NAMES.get(str(name), str(name)): loss[name] for name in loss})
    return flat


def config_error(error: ValidationError, known: Iterable[str], where: str = "") -> ConfigError:
    """Return an error that says, of the first wrong setting, what was expected and what came.

    Parameters
    ----------
    error
        What pydantic found.
    known
        The names of all settings, of which the nearest are named to whoever mistypes one.
    where
        What stands before the message: the file.
    """
    first = error.errors()[0]
    if first["type"] == "value_error":  # of settings that contradict each other
        return ConfigError(f"{where}{first['ctx']['error']}")
    name, *inner = map(str, first["loc"] or ["the settings"])
    if first["type"] == "extra_forbidden":
        return ConfigError(f"{where}{unknown_name('setting', name, known)}")
    place = "".join(f"[{key!r}]" for key in inner)
    return ConfigError(f"{where}{name}=…{place}: {first['msg'].lower()} but got {first['input']!r}")


def check_keywords(
    given: Iterable[str], function: Callable[..., Any], others: Iterable[str]
) -> None:
    """Refuse keywords that a function takes as ``**settings`` but knows nothing of.

    Parameters
    ----------
    given
        What it was called with, beside its own parameters.
    function
        Its own parameters are named to whoever mistypes one, too.
    others
        The further keywords that it takes.

    Raises
    ------
    ConfigError
        Naming the nearest keywords that there are.
    """
    parameters = inspect.signature(function).parameters.values()
    known = [*others, *(each.name for each in parameters if each.kind is not each.VAR_KEYWORD)]
    for name in given:
        if name not in known:
            raise ConfigError(str(unknown_name(f"parameter of {function.__name__}", name, known)))
