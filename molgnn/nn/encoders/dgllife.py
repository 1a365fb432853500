"""Any graph network of DGL-LifeSci, as it is."""

from __future__ import annotations

import inspect
import warnings
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from molgnn.errors import ConfigError, MissingDependency, unknown_name
from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_runtime import DGLGraph, describe
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.base import Encoder
from molgnn.nn.features import FeatureVectors
from molgnn.nn.norms import BatchNorm
from molgnn.nn.search import Choice, SearchSpace

ATOM_DIMS = ("in_feats", "node_in_feats", "node_feat_size")
BOND_DIMS = ("edge_in_feats", "edge_feat_size", "edge_feats")
READABLE = {"g", "bg", "feats", "node_feats", "edge_feats"}


class DGLLifeEncoder(Encoder):
    """A network of ``dgllife.model.gnn``, fed with the feature vectors of the preset.

    Atoms of equal surroundings are each computed: what their own networks look at is not known.

    Parameters
    ----------
    preset
        The featurizer's columns.
    gnn
        The class's name: GCN, GAT, GATv2, GraphSAGE, NFGNN, MPNNGNN, WeaveGNN, WLN, PAGTNGNN or
        AttentiveFPGNN.
    options
        Its other arguments, but for the widths of the features.

    Raises
    ------
    MissingDependency
        If DGL-LifeSci is not installed.
    UnknownName
        If it has no such network.
    ConfigError
        If the network reads other things than features (coordinates, types), or does not take
        the options.
    """

    search_space: ClassVar[SearchSpace] = {
        "gnn": Choice(("GCN", "GATv2", "MPNNGNN", "WeaveGNN", "AttentiveFPGNN"))
    }

    def __init__(
        self, preset: Preset, *, gnn: str = "GCN", options: dict[str, Any] | None = None
    ) -> None:
        super().__init__()
        network = _find(gnn)
        self.atoms, self.bonds = FeatureVectors(preset.atoms), FeatureVectors(preset.bonds)
        dims = dict.fromkeys(ATOM_DIMS, preset.atom_dim) | dict.fromkeys(BOND_DIMS, preset.bond_dim)
        self.sees_bonds = "edge_feats" in inspect.signature(network.forward).parameters
        settings = _settings(gnn, network, dims, options or {})
        try:
            self.network = _with_lone_atoms(network(**settings))
            self.out_dim = self._find_width()
        except Exception as error:  # theirs are of every kind, and some come up in use alone
            raise ConfigError(
                f"expected options that fit {gnn} but got {options} "
                f"({type(error).__name__}: {error}); fix: see its documentation in DGL-LifeSci"
            ) from error

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
            states: Tensor = self.network(graph, *features)
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
        return states.shape[1]


def _find(name: str) -> type[nn.Module]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from dgllife.model import gnn
    except ImportError as error:
        raise MissingDependency(
            "expected DGL-LifeSci but got no such package; fix: pip install dgllife"
        ) from error
    networks = {
        key: value
        for key, value in vars(gnn).items()
        if inspect.isclass(value) and issubclass(value, nn.Module)
    }
    if name not in networks:
        raise unknown_name("network of dgllife", name, networks)
    network: type[nn.Module] = networks[name]
    reads = [p for p in inspect.signature(network.forward).parameters.values() if p.name != "self"]
    foreign = [p.name for p in reads if p.default is p.empty and p.name not in READABLE]
    if foreign or _needs_vocabularies(network):
        raise ConfigError(
            f"expected a network that reads features of atoms and bonds but {name} wants "
            f"{', '.join(foreign) or 'numbers of types'}; fix: another gnn"
        )
    return network


def _needs_vocabularies(network: type[nn.Module]) -> bool:
    return not set(inspect.signature(network).parameters) & set(ATOM_DIMS)


def _settings(
    name: str, network: type[nn.Module], dims: dict[str, int], options: dict[str, Any]
) -> dict[str, Any]:
    """Return all arguments of a network: the features' widths, what it demands, the options."""
    accepted = inspect.signature(network).parameters
    for option in options:
        if option not in accepted or option in dims:
            raise unknown_name(f"option of {name}", option, set(accepted) - set(dims))
    settings: dict[str, Any] = {key: dim for key, dim in dims.items() if key in accepted}
    demanded = {"node_out_feats": 64, "node_hid_feats": 64}
    settings |= {key: value for key, value in demanded.items() if _is_required(accepted, key)}
    return settings | options


def _with_lone_atoms(network: nn.Module) -> nn.Module:
    """Let a network take atoms without bonds, and molecules of one atom in training."""
    for part in network.modules():
        allow: Any = getattr(part, "set_allow_zero_in_degree", None)
        if allow is not None:
            allow(True)
        for title, child in part.named_children():
            if isinstance(child, nn.BatchNorm1d):
                setattr(part, title, BatchNorm(child.num_features))
    return network


def _is_required(accepted: Any, name: str) -> bool:
    return name in accepted and accepted[name].default is inspect.Parameter.empty
