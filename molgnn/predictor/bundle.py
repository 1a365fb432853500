"""A trained model on disk: everything from SMILES to calibrated probability, sealed by hashes.

A bundle is a folder of two files. ``bundle.json`` describes the parts and holds the sha256 of the
weights and of itself; ``weights.safetensors`` holds the networks' numbers. Nothing is pickled.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

import molgnn
from molgnn.assess.calibration import Calibration
from molgnn.chem.standardize import Standardizer
from molgnn.errors import BundleError, FileProblem
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import Network, NetworkConfig, build_network
from molgnn.predictor.card import Card
from molgnn.tasks import Tasks

FORMAT = 1
DESCRIPTION = "bundle.json"
WEIGHTS = "weights.safetensors"


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
        From logits to probabilities.
    card
        What users should know.
    """

    tasks: Tasks
    standardizer: Standardizer
    preset: Preset
    config: NetworkConfig
    networks: tuple[Network, ...]
    calibration: Calibration
    card: Card

    def save(self, folder: Path) -> None:
        """Write the bundle; *folder* then holds all of it, or what it held before.

        Raises
        ------
        FileProblem
            If the folder cannot be written.
        """
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".bundle-") as name:
                staged = Path(name, "bundle")
                staged.mkdir()
                self._write(staged)
                if folder.exists():
                    shutil.rmtree(folder)
                staged.rename(folder)
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
        description = {
            "format": FORMAT,
            "molgnn": molgnn.__version__,
            "tasks": self.tasks.to_json(),
            "standardizer": self.standardizer.to_json(),
            "preset": self.preset.to_json(),
            "network": self.config.model_dump(),
            "n_networks": len(self.networks),
            "calibration": self.calibration.to_json(),
            "card": self.card.model_dump(mode="json"),
            "weights_sha256": hashlib.sha256(weights).hexdigest(),
        }
        sealed = {"sha256": _digest(description), **description}
        (folder / WEIGHTS).write_bytes(weights)
        (folder / DESCRIPTION).write_text(json.dumps(sealed, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Bundle:
        """Read a bundle and check every byte of it.

        Raises
        ------
        BundleError
            If a file is missing, was altered since it was saved, or comes from a newer molgnn.
        """
        description = read_description(folder)
        weights = _read(folder / WEIGHTS)
        if hashlib.sha256(weights).hexdigest() != description["weights_sha256"]:
            raise _altered(folder / WEIGHTS)
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
            )
        except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
            if isinstance(error, BundleError):
                raise
            raise BundleError(
                f"the model in {folder} does not fit this molgnn: {error}; fix: update molgnn, "
                "or train the model again"
            ) from error


def read_description(folder: Path) -> dict[str, Any]:
    """Return the checked contents of ``bundle.json``, without loading any weights.

    Raises
    ------
    BundleError
        If it is missing, altered, or of a newer format.
    """
    path = folder / DESCRIPTION
    try:
        sealed = json.loads(_read(path))
        digest = sealed.pop("sha256")
        newer = sealed["format"] > FORMAT
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _altered(path) from None
    if newer:
        raise BundleError(
            f"{path} has format {sealed['format']} but this molgnn reads up to {FORMAT}; "
            "fix: pip install --upgrade molgnn"
        )
    if digest != _digest(sealed):
        raise _altered(path)
    return dict(sealed)


def _restore(network: Network, tensors: dict[str, Tensor], prefix: str) -> Network:
    own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    network.load_state_dict(own)
    return network.eval()


def _digest(description: dict[str, Any]) -> str:
    canonical = json.dumps(description, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BundleError(
            f"expected a model but {path} is missing; fix: copy the whole folder again"
        ) from None
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror}") from error


def _altered(path: Path) -> BundleError:
    return BundleError(
        f"{path} is not as molgnn saved it (its sha256 differs), so its numbers can't be trusted; "
        "fix: fetch or copy the model again"
    )
