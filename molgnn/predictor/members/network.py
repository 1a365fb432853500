"""Members that are networks: of graphs, of molecule features, or of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor

from molgnn.graph.presets.column import Preset
from molgnn.graph.store import MoleculeStore
from molgnn.nn.config import NetworkConfig
from molgnn.nn.network import AnyNetwork, build_network, resolve
from molgnn.predictor.members.base import Member
from molgnn.predictor.networks import BATCH_MOLS, run_networks
from molgnn.tasks import Tasks


class NetworkMember(Member):
    """A trained network.

    Parameters
    ----------
    config
        How it is built.
    network
        The network, with its weights.
    """

    kind: ClassVar[str] = "network"

    def __init__(self, config: NetworkConfig, network: AnyNetwork) -> None:
        self.config, self.network = config, network.eval()

    @property
    def feature_sets(self) -> tuple[str, ...]:
        """Those beside the graph."""
        return self.config.molecule_features

    def predict(self, molecules: MoleculeStore) -> Float32[np.ndarray, "mols tasks"]:
        """Run the network, on the processor."""
        outputs = run_networks([self.network], molecules, torch.device("cpu"), BATCH_MOLS)
        return outputs.reshape(outputs.shape[1:])

    def to_json(self) -> dict[str, Any]:
        """Return the description of the network, and the versions of the features that it reads."""
        record: dict[str, Any] = {"network": resolve(self.config).model_dump(mode="json")}
        if self.feature_sets:
            from molgnn.chem.descriptors.versions import versions_of

            record["features"] = versions_of(self.feature_sets)
        return record

    def tensors(self) -> dict[str, Tensor]:
        """Return the weights."""
        return {name: value.contiguous() for name, value in self.network.state_dict().items()}

    @classmethod
    def restore(
        cls, record: Mapping[str, Any], tensors: Mapping[str, Tensor], preset: Preset, tasks: Tasks
    ) -> NetworkMember:
        """Build the network, and load its weights."""
        if record.get("features"):
            from molgnn.chem.descriptors.versions import check_versions

            check_versions(record["features"])
        config = NetworkConfig(**record["network"])
        network = build_network(config, preset, tasks)
        network.load_state_dict(dict(tensors))
        return cls(config, network)
