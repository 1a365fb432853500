"""The graph networks of DGL-LifeSci, as they are."""

from __future__ import annotations

import inspect
import warnings
from typing import Any, ClassVar

from torch import nn

from molgnn.errors import ConfigError, MissingDependency, unknown_name
from molgnn.graph.dgl_runtime import import_dgl
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders.dgl_module import NODE_DIMS, DGLModuleEncoder
from molgnn.nn.search import Choice, SearchSpace

READABLE = {"g", "bg", "feats", "node_feats", "edge_feats"}
DEMANDED = {"node_out_feats": 64, "node_hid_feats": 64}


class DGLLifeEncoder(DGLModuleEncoder):
    """A network of ``dgllife.model.gnn``, fed with the feature vectors of the preset.

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
        If it has no such network, or the network no such option.
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
        network = _find(gnn)
        accepted = inspect.signature(network).parameters.values()
        required = {each.name for each in accepted if each.default is each.empty}
        demanded = {key: value for key, value in DEMANDED.items() if key in required}
        super().__init__(preset, network, demanded | (options or {}))


def import_networks() -> dict[str, type[nn.Module]]:
    """Return the graph networks of DGL-LifeSci by name.

    Raises
    ------
    MissingDependency
        If it, or DGL, is not installed.
    """
    import_dgl()  # before anything of DGL-LifeSci, which would import it by itself
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from dgllife.model import gnn
    except ImportError as error:
        raise MissingDependency(
            f"expected DGL-LifeSci but got: {error}; fix: pip install dgllife"
        ) from error
    return {
        key: value
        for key, value in vars(gnn).items()
        if inspect.isclass(value) and issubclass(value, nn.Module)
    }


def _find(name: str) -> type[nn.Module]:
    networks = import_networks()
    if name not in networks:
        raise unknown_name("network of dgllife", name, networks)
    network = networks[name]
    reads = [p for p in inspect.signature(network.forward).parameters.values() if p.name != "self"]
    foreign = [p.name for p in reads if p.default is p.empty and p.name not in READABLE]
    if foreign or not inspect.signature(network).parameters.keys() & set(NODE_DIMS):
        raise ConfigError(
            f"expected a network that reads features of atoms and bonds but {name} wants "
            f"{', '.join(foreign) or 'numbers of types'}; fix: another gnn"
        )
    return network
