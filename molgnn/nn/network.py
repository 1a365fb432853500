"""Build a network, head ∘ readout ∘ encoder or of molecule features, from a `NetworkConfig`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

from jaxtyping import Float
from pydantic import ValidationError, create_model
from torch import Tensor, nn

from molgnn.errors import ConfigError, unknown_name
from molgnn.graph.batch import GraphBatch
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NO_ENCODER, NetworkConfig
from molgnn.nn.encoders import find_encoder
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.encoders.dgl_module import DGLModuleFactory
from molgnn.nn.heads import MultiTaskHead
from molgnn.nn.readouts import READOUTS, Readout
from molgnn.tasks import Tasks

if TYPE_CHECKING:
    from molgnn.nn.feature_encoder import FeatureEncoder
else:
    FeatureEncoder = Any

Part = TypeVar("Part")


class MoleculeEncoder(nn.Module):
    """States of atoms and of molecules: readout ∘ encoder, a `Network` without its head."""

    def __init__(self, encoder: Encoder, readout: Readout) -> None:
        super().__init__()
        self.encoder, self.readout = encoder, readout

    def forward(self, batch: GraphBatch) -> Float[Tensor, "mols readout"]:
        """Return the molecules' states."""
        states: Tensor = self.readout(batch, self.encoder(batch))
        return states


class Network(nn.Module):
    """One output per molecule and task: head ∘ readout ∘ encoder.

    Where it reads molecule features, too, these are added to the molecules' states before the head.
    """

    def __init__(
        self,
        encoder: Encoder,
        readout: Readout,
        head: MultiTaskHead,
        features: FeatureEncoder | None = None,
    ) -> None:
        super().__init__()
        self.encoder, self.readout, self.head = encoder, readout, head
        self.features = features
        self.fusion = None if features is None else features.fusion_with(readout.out_dim)

    def forward(self, batch: GraphBatch) -> Float[Tensor, "mols tasks"]:
        """Return logits of classifications and values of regressions."""
        states = self.readout(batch, self.encoder(batch))
        if self.features is not None and self.fusion is not None:
            states = self.fusion(states, self.features(batch))
        outputs: Tensor = self.head(states)
        return outputs

    @property
    def feature_sets(self) -> tuple[str, ...]:
        """The molecule features that it reads besides the graph."""
        return () if self.features is None else self.features.sets

    @property
    def gains_by_bf16(self) -> bool:
        """Whether it is faster with its matrices multiplied in bfloat16."""
        return self.encoder.gains_by_bf16


class FeatureNetwork(nn.Module):
    """One output per molecule and task, from molecule features alone: head ∘ perceptron."""

    gains_by_bf16 = False

    def __init__(self, features: FeatureEncoder, head: MultiTaskHead) -> None:
        super().__init__()
        self.features, self.head = features, head

    @property
    def feature_sets(self) -> tuple[str, ...]:
        """The molecule features that it reads."""
        return self.features.sets

    def forward(self, batch: GraphBatch) -> Float[Tensor, "mols tasks"]:
        """Return logits of classifications and values of regressions."""
        outputs: Tensor = self.head(self.features(batch))
        return outputs


AnyNetwork = Network | FeatureNetwork


def build_network(config: NetworkConfig, preset: Preset, tasks: Tasks) -> AnyNetwork:
    """Build a freshly initialized network.

    Raises
    ------
    UnknownName
        If there is no such encoder, readout or feature set, or it has no such option.
    ConfigError
        If an option's value does not fit the type that the part's signature gives it, or neither
        an encoder nor features are asked for.
    MissingDependency
        If the encoder is a class that is not registered.
    """
    features = _build_feature_encoder(config)
    if config.encoder == NO_ENCODER:
        if features is None:
            raise ConfigError(
                "expected molecule_features=… with encoder=… none but got none of them; fix: "
                "name feature sets, such as rdkit2d, or an encoder"
            )
        return FeatureNetwork(features, _build_head(config, features.out_dim, tasks))
    body = build_molecule_encoder(config, preset)
    head = _build_head(config, body.readout.out_dim, tasks)
    return Network(body.encoder, body.readout, head, features)


def _build_head(config: NetworkConfig, in_dim: int, tasks: Tasks) -> MultiTaskHead:
    return _construct("head", MultiTaskHead, in_dim, tasks, **config.head_options)


def _build_feature_encoder(config: NetworkConfig) -> FeatureEncoder | None:
    if not config.molecule_features:
        return None
    from molgnn.chem.descriptors.registry import check_sets
    from molgnn.nn.feature_encoder import FeatureEncoder

    sets = check_sets(config.molecule_features)
    return _construct("feature_options", FeatureEncoder, sets, **config.feature_options)


def build_molecule_encoder(config: NetworkConfig, preset: Preset) -> MoleculeEncoder:
    """Build a freshly initialized network without its head; errors as of `build_network`."""
    make_encoder = find_encoder(config.encoder)
    readout_class = _look_up("readout", config.readout, READOUTS)
    encoder = _construct(config.encoder, make_encoder, preset, **config.encoder_options)
    readout = _construct(config.readout, readout_class, encoder.out_dim, **config.readout_options)
    return MoleculeEncoder(encoder, readout)


def resolve(config: NetworkConfig) -> NetworkConfig:
    """Return the description with every default spelled out, so that it outlives their change."""
    spelled_out = {"head_options": _defaults(MultiTaskHead) | config.head_options}
    if config.molecule_features:
        from molgnn.nn.feature_encoder import FeatureEncoder

        spelled_out["feature_options"] = _defaults(FeatureEncoder) | config.feature_options
    if config.encoder != NO_ENCODER:
        encoder = find_encoder(config.encoder)
        readout = _look_up("readout", config.readout, READOUTS)
        spelled_out["encoder_options"] = _defaults(encoder) | config.encoder_options
        spelled_out["readout_options"] = _defaults(readout) | config.readout_options
    return config.model_copy(update=spelled_out)


def _defaults(part: Callable[..., Any]) -> dict[str, Any]:
    """Return the defaults that JSON can hold, which is all of them but for modules of others."""
    defaults = {name: default for name, (_, default) in options_of(part).items()}
    return {
        name: default
        for name, default in defaults.items()
        if default is None or isinstance(default, bool | int | float | str | list | tuple | dict)
    }


def _look_up(kind: str, name: str, table: Mapping[str, type[Part]]) -> type[Part]:
    if name not in table:
        raise unknown_name(kind, name, table)
    return table[name]


def _construct(name: str, part: Callable[..., Part], *args: Any, **options: Any) -> Part:
    fields = options_of(part)
    for option in options:
        if option not in fields:
            raise unknown_name(f"option of {name}", option, fields)
    try:
        checked = create_model(name, **fields)(**options)
    except ValidationError as error:
        faults = [f"{e['loc'][0]}={e['input']!r} ({e['msg']})" for e in error.errors()]
        raise ConfigError(
            f"expected options that fit {name} but got {'; '.join(faults)}"
        ) from error
    return part(*args, **dict(checked))


def options_of(part: Any) -> dict[str, Any]:
    """Return a part's options: name to type and default.

    A `DGLModuleFactory` has a list of its own. Of any other part, they are its keyword parameters;
    those that it passes on, ``**shared: Unpack[Options]``, have their types in that dictionary and
    their defaults in the class's ``shared_defaults``.
    """
    if isinstance(part, DGLModuleFactory):
        return part.options()
    types = get_type_hints(part.__init__, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(part).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            fields[parameter.name] = (types[parameter.name], parameter.default)
        elif parameter.kind is parameter.VAR_KEYWORD:
            (passed_on,) = get_args(types[parameter.name])
            for name, kind in get_type_hints(passed_on, include_extras=True).items():
                fields[name] = (kind, part.shared_defaults[name])
    return fields
