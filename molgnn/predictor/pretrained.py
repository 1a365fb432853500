"""A pretrained encoder on disk: where a training may start from instead of random weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError

from molgnn.chem.standardize import Standardizer
from molgnn.distribution import installed_version
from molgnn.errors import BundleError
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NetworkConfig
from molgnn.nn.network import MoleculeEncoder, build_molecule_encoder, resolve
from molgnn.predictor.card import Card
from molgnn.predictor.description import (
    ENCODER,
    FORMAT,
    read_description,
    read_weights,
    sha256,
    write_bundle,
)


@dataclass(frozen=True)
class PretrainedEncoder:
    """An encoder with its readout, and the clean-up and the input that they were trained on.

    Parameters
    ----------
    standardizer
        How a SMILES is cleaned up before anything else.
    preset
        How atoms and bonds become codes.
    config
        How the encoder and the readout are built; its head is not used.
    network
        Both, with their weights.
    card
        What they were trained for, on which molecules.
    """

    standardizer: Standardizer
    preset: Preset
    config: NetworkConfig
    network: MoleculeEncoder
    card: Card

    def save(self, folder: Path) -> None:
        """Write it; *folder* then holds all of it, or what it held before.

        Raises
        ------
        FileProblem
            If the folder cannot be written, or holds something else than a model.
        """
        tensors = self.network.state_dict()
        weights = safetensors.torch.save({k: v.contiguous() for k, v in tensors.items()})
        description: dict[str, Any] = {
            "format": FORMAT,
            "kind": ENCODER,
            "molgnn": installed_version(),
            "standardizer": self.standardizer.to_json(),
            "preset": self.preset.to_json(),
            "network": resolve(self.config).model_dump(mode="json"),
            "card": self.card.model_dump(mode="json"),
            "weights_sha256": sha256(weights),
        }
        write_bundle(folder, description, weights)

    @classmethod
    def load(cls, folder: Path) -> PretrainedEncoder:
        """Read it and check every byte of it.

        Raises
        ------
        BundleError
            If a file is missing or was altered, or it comes from a newer molgnn.
        """
        description = read_description(folder)
        weights = read_weights(folder, description)
        try:
            preset = Preset.from_json(description["preset"])
            config = NetworkConfig(**description["network"])
            network = build_molecule_encoder(config, preset)
            network.load_state_dict(safetensors.torch.load(weights))
            standardizer = Standardizer.from_json(description["standardizer"])
            return cls(standardizer, preset, config, network.eval(), Card(**description["card"]))
        except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
            raise BundleError(
                f"the encoder in {folder} does not fit this molgnn: {error}; fix: update molgnn, "
                "or pretrain again"
            ) from error
