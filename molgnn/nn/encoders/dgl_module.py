"""Any graph network for DGL as an encoder: stacks of `dgl.nn` layers, DGL-LifeSci's networks."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.errors import ConfigError, unknown_name
from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import DGLGraph, describe, import_dgl
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureVectors
from molgnn.nn.norms import BatchNorm
from molgnn.nn.search import SearchSpace

NODE_DIMS = ("in_feats", "node_in_feats", "node_feat_size")
EDGE_DIMS = ("edge_in_feats", "edge_feat_size", "edge_feats")
PLAIN = (bool, int, float, str)


class DGLModuleEncoder(Encoder):
    """A module called as ``module(graph, node_feats[, edge_feats])``, fed with feature vectors.

    Atoms of equal surroundings are each computed: what the module looks at is not known.

    Parameters
    ----------
    preset
        The featurizer's columns.
    module
        The module's class. Arguments named in `NODE_DIMS` and `EDGE_DIMS` get the widths of the
        feature vectors; bonds are passed on if its ``forward`` demands a third argument.
    options
        Its other arguments.

    Raises
    ------
    UnknownName
        If it has no such argument.
    ConfigError
        If it does not take the arguments, or cannot be called that way.
    """

    def __init__(self, preset: Preset, module: type[nn.Module], options: Mapping[str, Any]) -> None:
        super().__init__()
        name = module.__name__
        settings = _settings(module, preset, options)
        self.atoms, self.bonds = FeatureVectors(preset.atoms), FeatureVectors(preset.bonds)
        self.sees_bonds = _n_required(module.forward) > 3  # self, graph and node_feats
        try:
            self.network = _with_lone_atoms(module(**settings))
            self.out_dim = self._find_width()
        except Exception as error:  # theirs are of every kind, and some come up in use alone
            raise ConfigError(
                f"expected options that fit {name} but got {dict(options)} "
                f"({type(error).__name__}: {error}); fix: see what {name} takes, and that it is "
                "called as module(graph, node_feats[, edge_feats])"
            ) from error

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with DGL imported before anything of DGL's, which would import it by itself."""
        return _import_dgl_and_allocate, (type(self),), self.__dict__

    def forward(self, batch: GraphBatch) -> Float[Tensor, "atoms hidden"]:
        """Return the atoms' final states."""
        device = batch.atom_codes.device
        if device.type != "cpu" and not describe().cuda:
            raise ConfigError(
                f"expected a CPU, as this DGL has no kernels for others, but got {device}; fix: "
                "device='cpu', an encoder of molgnn's own, or a DGL that was built for CUDA"
            )
        if not len(batch.atom_codes):
            return self.atoms.expansion.new_zeros(0, self.out_dim)
        bonds = self.bonds(batch.bond_codes).repeat_interleave(2, dim=0)
        return self._call(batch.graph, self.atoms(batch.atom_codes), bonds)

    def _call(self, graph: DGLGraph, atoms: Tensor, bonds: Tensor) -> Tensor:
        from molgnn.graph.dgl_runtime import dgl

        features = [atoms, bonds] if self.sees_bonds else [atoms]
        # Some of DGL's kernels refuse half precision; and atoms without bonds deserve no warning.
        with torch.autocast(atoms.device.type, enabled=False), warnings.catch_warnings():
            warnings.simplefilter("ignore", dgl.base.DGLWarning)
            states: Tensor = self.network(graph.local_var(), *features)
        return states

    def _find_width(self) -> int:
        """Ask the network itself, with two atoms and a bond."""
        from molgnn.graph.dgl_runtime import dgl

        was_training = self.network.training
        self.network.eval()
        with torch.no_grad():
            atoms, bonds = self.atoms.expansion[:1], self.bonds.expansion[:1]
            graph = dgl.graph(([0, 1], [1, 0]))
            states = self._call(graph, atoms.expand(2, -1), bonds.expand(2, -1))
        self.network.train(was_training)
        if states.dim() != 2 or len(states) != 2:
            raise ValueError(f"expected states [nodes, width] but got {list(states.shape)}")
        return states.shape[1]


def _import_dgl_and_allocate(encoder: type[DGLModuleEncoder]) -> DGLModuleEncoder:
    """Return an encoder that is still without its state, for `pickle`."""
    import_dgl()
    return encoder.__new__(encoder)


class DGLModuleFactory:
    """What makes encoders of a module's class, as a class of encoders would.

    Parameters
    ----------
    module
        What `DGLModuleEncoder` takes; its ``search_space``, if it has one, is the encoder's.
    """

    def __init__(self, module: type[nn.Module]) -> None:
        self.module = module
        self.search_space: SearchSpace = getattr(module, "search_space", {})

    def __call__(self, preset: Preset, **options: Any) -> DGLModuleEncoder:
        """Return a new encoder."""
        return DGLModuleEncoder(preset, self.module, options)

    def options(self) -> dict[str, Any]:
        """Return the arguments of the class but for widths: name → type and default."""
        found = inspect.signature(self.module).parameters.values()
        taken = [each for each in found if each.name not in (*NODE_DIMS, *EDGE_DIMS)]
        return {
            each.name: (
                type(each.default) if isinstance(each.default, PLAIN) else Any,
                ... if each.default is each.empty else each.default,
            )
            for each in taken
            if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD)
        }


def _n_required(function: Callable[..., Any]) -> int:
    parameters = inspect.signature(function).parameters.values()
    return sum(each.default is each.empty for each in parameters)


def _settings(
    module: type[nn.Module], preset: Preset, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all arguments of a module: the features' widths, what it demands, the options."""
    name, accepted = module.__name__, inspect.signature(module).parameters
    dims = dict.fromkeys(NODE_DIMS, preset.atom_dim) | dict.fromkeys(EDGE_DIMS, preset.bond_dim)
    if not accepted.keys() & set(NODE_DIMS):
        raise ConfigError(
            f"expected an argument for the width of the atoms' features but got {name}"
            f"({', '.join(accepted)}); fix: name it {' or '.join(NODE_DIMS)}"
        )
    for option in options:
        if option not in accepted or option in dims:
            raise unknown_name(f"option of {name}", option, set(accepted) - set(dims))
    settings: dict[str, Any] = {key: dim for key, dim in dims.items() if key in accepted}
    return settings | dict(options)


def _with_lone_atoms(network: nn.Module) -> nn.Module:
    """Let a network take atoms without bonds, and molecules of one atom in training."""
    for part in network.modules():
        allow: Any = getattr(part, "set_allow_zero_in_degree", None)
        if allow is not None:
            allow(True)
        for title, child in part.named_children():
            if isinstance(child, nn.BatchNorm1d) and not isinstance(child, BatchNorm):
                setattr(part, title, BatchNorm(child.num_features))
    return network
