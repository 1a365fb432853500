"""The whole network: head ∘ readout ∘ encoder, built from a description that travels with it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar, get_type_hints

from jaxtyping import Float
from pydantic import ValidationError, create_model
from torch import Tensor, nn

from molgnn.errors import ConfigError, unknown_name
from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NetworkConfig
from molgnn.nn.encoders import ENCODERS, Encoder
from molgnn.nn.heads import MultiTaskHead
from molgnn.nn.readouts import READOUTS, Readout
from molgnn.tasks import Tasks

Part = TypeVar("Part")


class Network(nn.Module):
    """One output per molecule and task: head ∘ readout ∘ encoder."""

    def __init__(self, encoder: Encoder, readout: Readout, head: MultiTaskHead) -> None:
        super().__init__()
        self.encoder, self.readout, self.head = encoder, readout, head

    def forward(self, batch: GraphBatch) -> Float[Tensor, "mols tasks"]:
        """Return logits of classifications and values of regressions."""
        outputs: Tensor = self.head(self.readout(batch, self.encoder(batch)))
        return outputs

    @property
    def n_parameters(self) -> int:
        """How many numbers were learned."""
        return sum(parameter.numel() for parameter in self.parameters())


def build_network(config: NetworkConfig, preset: Preset, tasks: Tasks) -> Network:
    """Build a freshly initialized network.

    Raises
    ------
    UnknownName
        If there is no such encoder or readout, or it has no such option.
    ConfigError
        If an option's value does not fit the type that the part's signature gives it.
    """
    encoder_class = _look_up("encoder", config.encoder, ENCODERS)
    readout_class = _look_up("readout", config.readout, READOUTS)
    encoder = _construct(config.encoder, encoder_class, preset, **config.encoder_options)
    readout = _construct(config.readout, readout_class, encoder.out_dim, **config.readout_options)
    head = _construct("head", MultiTaskHead, readout.out_dim, tasks, **config.head_options)
    return Network(encoder, readout, head)


def _look_up(kind: str, name: str, table: Mapping[str, type[Part]]) -> type[Part]:
    if name not in table:
        raise unknown_name(kind, name, table)
    return table[name]


def _construct(name: str, part: type[Part], *args: Any, **options: Any) -> Part:
    defaults = {
        parameter.name: parameter.default
        for parameter in inspect.signature(part).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    for option in options:
        if option not in defaults:
            raise unknown_name(f"option of {name}", option, defaults)
    types = get_type_hints(part.__init__, include_extras=True)
    fields: dict[str, Any] = {key: (types[key], default) for key, default in defaults.items()}
    try:
        checked = create_model(name, **fields)(**options)
    except ValidationError as error:
        faults = [f"{e['loc'][0]}={e['input']!r} ({e['msg']})" for e in error.errors()]
        raise ConfigError(
            f"expected options that fit {name} but got {'; '.join(faults)}"
        ) from error
    return part(*args, **dict(checked))
