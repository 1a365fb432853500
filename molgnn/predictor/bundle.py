"""A trained model on disk: everything from SMILES to calibrated probability, with hashes.

A bundle is a folder of two files. ``bundle.json`` describes the parts and holds the sha256 of the
weights and of itself; ``weights.safetensors`` holds the networks' numbers. Nothing is pickled.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from molgnn.assess.calibration import Calibration
from molgnn.chem.standardize import Standardizer
from molgnn.errors import BundleError, FileProblem
from molgnn.graph.presets.column import Preset
from molgnn.nn.config import NetworkConfig
from molgnn.nn.network import Network, build_network, resolve
from molgnn.predictor.annotators import Annotation
from molgnn.predictor.card import Card
from molgnn.predictor.description import (
    DESCRIPTION,
    FORMAT,
    WEIGHTS,
    read_annotators,
    read_description,
    read_weights,
    sha256,
    to_text,
)
from molgnn.tasks import Tasks


@dataclass(frozen=True)
class Bundle:
    """The parts of a trained model.

    Parameters
    ----------
    tasks
        What it predicts.
    standardizer
        How a SMILES is cleaned up before anything else.
    preset
        How atoms and bonds become codes.
    config
        How the networks are built.
    networks
        One, or the members of an ensemble.
    calibration
        From logits, the networks' mean, to probabilities.
    card
        What users should know.
    annotators
        What adds further columns to every prediction.
    """

    tasks: Tasks
    standardizer: Standardizer
    preset: Preset
    config: NetworkConfig
    networks: tuple[Network, ...]
    calibration: Calibration
    card: Card
    annotators: tuple[Annotation, ...] = ()

    def save(self, folder: Path) -> None:
        """Write the bundle; *folder* then holds all of it, or what it held before.

        Raises
        ------
        FileProblem
            If the folder cannot be written, or holds something else than a model.
        UnknownName, ConfigError
            If an annotator does not exist, or has nothing to say of this model.
        """
        try:
            _check_replaceable(folder)
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".bundle-") as name:
                staged = Path(name, "bundle")
                staged.mkdir()
                self._write(staged)
                _replace(folder, staged, aside=Path(name, "earlier"))
        except FileProblem:
            raise
        except OSError as error:
            raise FileProblem(f"cannot write the model to {folder}: {error.strerror}") from error

    def _write(self, folder: Path) -> None:
        weights = safetensors.torch.save(
            {
                f"{i}.{name}": tensor.contiguous()
                for i, network in enumerate(self.networks)
                for name, tensor in network.state_dict().items()
            }
        )
        description: dict[str, Any] = {
            "format": FORMAT,
            "molgnn": version("molgnn"),
            "tasks": self.tasks.to_json(),
            "standardizer": self.standardizer.to_json(),
            "preset": self.preset.to_json(),
            "network": resolve(self.config).model_dump(mode="json"),
            "n_networks": len(self.networks),
            "calibration": self.calibration.to_json(),
            "card": self.card.model_dump(mode="json"),
            "weights_sha256": sha256(weights),
        }
        if self.annotators:
            description["annotators"] = [each.to_json() for each in self.annotators]
            read_annotators(description)
        (folder / WEIGHTS).write_bytes(weights)
        (folder / DESCRIPTION).write_text(to_text(description), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Bundle:
        """Read a bundle and check every byte of it.

        Raises
        ------
        BundleError
            If a file is missing, was altered since it was saved, or comes from a newer molgnn.
        """
        description = read_description(folder)
        weights = read_weights(folder, description)
        try:
            tasks = Tasks.from_json(description["tasks"])
            preset = Preset.from_json(description["preset"])
            config = NetworkConfig(**description["network"])
            tensors = safetensors.torch.load(weights)
            networks = tuple(
                _restore(build_network(config, preset, tasks), tensors, f"{i}.")
                for i in range(description["n_networks"])
            )
            return cls(
                tasks=tasks,
                standardizer=Standardizer.from_json(description["standardizer"]),
                preset=preset,
                config=config,
                networks=networks,
                calibration=Calibration.from_json(description["calibration"]),
                card=Card(**description["card"]),
                annotators=tuple(map(Annotation.from_json, description.get("annotators", ()))),
            )
        except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
            if isinstance(error, BundleError):
                raise
            raise BundleError(
                f"the model in {folder} does not fit this molgnn: {error}; fix: update molgnn, "
                "or train the model again"
            ) from error


def _check_replaceable(folder: Path) -> None:
    if folder.exists() and not (folder / DESCRIPTION).is_file() and any(folder.iterdir()):
        raise FileProblem(
            f"expected a new folder, or a model to replace, but {folder} holds other files; "
            "fix: name another folder"
        )


def _replace(folder: Path, staged: Path, aside: Path) -> None:
    """Move *staged* to *folder* and what was there *aside*, or back if that fails."""
    try:
        if folder.exists():
            folder.rename(aside)
        staged.rename(folder)
    finally:
        if aside.exists() and not folder.exists():
            aside.rename(folder)


def _restore(network: Network, tensors: dict[str, Tensor], prefix: str) -> Network:
    own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    network.load_state_dict(own)
    return network.eval()
