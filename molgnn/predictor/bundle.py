"""A trained model on disk: everything from SMILES to calibrated probability, with hashes.

A bundle is a folder of two files. ``bundle.json`` describes the parts and holds the sha256 of the
weights and of itself; ``weights.safetensors`` holds the members' numbers. Nothing is pickled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from jaxtyping import Bool, Float, UInt64
from safetensors import SafetensorError
from torch import Tensor

from molgnn.assess.calibration import Calibration
from molgnn.chem.molecule_keys import molecule_keys
from molgnn.chem.records import Molecule
from molgnn.chem.standardize import Standardizer
from molgnn.distribution import installed_version
from molgnn.errors import BundleError
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.nn.network import AnyNetwork
from molgnn.predictor.annotators import Annotation
from molgnn.predictor.card import Card
from molgnn.predictor.description import (
    FORMAT,
    read_annotators,
    read_model_description,
    read_weights,
    sha256,
    write_bundle,
)
from molgnn.predictor.members import restore_member
from molgnn.predictor.members.base import Member
from molgnn.predictor.members.network import NetworkMember
from molgnn.tasks import Tasks

TRAINING_KEYS = "training_keys"
"""The tensor that holds them, as int64, beside those of the members."""


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
    members
        One, or several whose outputs are averaged: networks, boosted trees.
    calibration
        From the members' mean output, of logits, to probabilities.
    card
        What users should know.
    weights
        What each member counts for in the mean; all the same where there are none.
    training_keys
        `molgnn.chem.molecule_keys` of the molecules that it was trained on, ascending; None where
        they are not known.
    annotators
        What adds further columns to every prediction.
    """

    tasks: Tasks
    standardizer: Standardizer
    preset: Preset
    members: tuple[Member, ...]
    calibration: Calibration
    card: Card
    weights: tuple[float, ...] = ()
    training_keys: UInt64[np.ndarray, " molecules"] | None = None
    annotators: tuple[Annotation, ...] = ()

    @property
    def networks(self) -> tuple[AnyNetwork, ...]:
        """The networks among the members."""
        return tuple(each.network for each in self.members if isinstance(each, NetworkMember))

    @property
    def feature_sets(self) -> tuple[str, ...]:
        """The molecule features that a member or another reads."""
        return tuple(dict.fromkeys(name for each in self.members for name in each.feature_sets))

    def make_featurizer(self) -> Featurizer:
        """Return what makes of SMILES all that the members read."""
        return Featurizer(self.preset, features=self.feature_sets)

    def mean(
        self, outputs: Float[np.ndarray, "members mols tasks"]
    ) -> Float[np.ndarray, "mols tasks"]:
        """Return the mean of the members' outputs, by their weights."""
        return weighted_mean(outputs, self.weights)

    def trained_on(self, smiles: Sequence[str]) -> Bool[np.ndarray, " mols"] | None:
        """Say of each row whether its molecule, stereochemistry aside, was trained on.

        Parameters
        ----------
        smiles
            As the user wrote them. A row that gives no molecule was not.

        Returns
        -------
        Bool[np.ndarray, " mols"] or None
            None where the bundle does not know, as those of molgnn 0.1 do not.
        """
        if self.training_keys is None:
            return None
        rows = self.standardizer.apply(list(enumerate(smiles)))
        kept = [row for row in rows if isinstance(row, Molecule)]
        is_known = np.zeros(len(smiles), dtype=bool)
        keys = molecule_keys([row.smiles for row in kept])
        is_known[[row.row for row in kept]] = np.isin(keys, self.training_keys)
        return is_known

    def save(self, folder: Path) -> None:
        """Write the bundle; *folder* then holds all of it, or what it held before.

        Raises
        ------
        FileProblem
            If the folder cannot be written, or holds something else than a model.
        UnknownName, ConfigError
            If an annotator does not exist, or has nothing to say of this model.
        """
        weights = safetensors.torch.save(
            {
                f"{i}.{name}": tensor
                for i, member in enumerate(self.members)
                for name, tensor in member.tensors().items()
            }
            | self._keys_to_tensor()
        )
        description: dict[str, Any] = {
            "format": FORMAT,
            "molgnn": installed_version(),
            "tasks": self.tasks.to_json(),
            "standardizer": self.standardizer.to_json(),
            "preset": self.preset.to_json(),
            "members": [{"kind": each.kind, **each.to_json()} for each in self.members],
            "calibration": self.calibration.to_json(),
            "card": self.card.model_dump(mode="json"),
            "weights_sha256": sha256(weights),
        }
        if self.weights:
            description["weights"] = list(self.weights)
        if self.annotators:
            description["annotators"] = [each.to_json() for each in self.annotators]
            read_annotators(description)
        write_bundle(folder, description, weights)

    def _keys_to_tensor(self) -> dict[str, Tensor]:
        if self.training_keys is None:
            return {}
        return {TRAINING_KEYS: torch.from_numpy(self.training_keys.view(np.int64).copy())}

    @classmethod
    def load(cls, folder: Path) -> Bundle:
        """Read a bundle and check every byte of it.

        Raises
        ------
        BundleError
            If a file is missing, was altered since it was saved, or comes from a newer molgnn.
        """
        description = read_model_description(folder)
        weights = read_weights(folder, description)
        try:
            tasks = Tasks.from_json(description["tasks"])
            preset = Preset.from_json(description["preset"])
            tensors = safetensors.torch.load(weights)
            return cls(
                tasks=tasks,
                standardizer=Standardizer.from_json(description["standardizer"]),
                preset=preset,
                members=tuple(
                    restore_member(record, _tensors_of(i, tensors), preset, tasks)
                    for i, record in enumerate(description["members"])
                ),
                calibration=Calibration.from_json(description["calibration"]),
                card=Card(**description["card"]),
                weights=tuple(description.get("weights", ())),
                training_keys=_keys_from_tensor(tensors.get(TRAINING_KEYS)),
                annotators=tuple(map(Annotation.from_json, description.get("annotators", ()))),
            )
        except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
            if isinstance(error, BundleError):
                raise
            raise BundleError(
                f"the model in {folder} does not fit this molgnn: {error}; fix: update molgnn, "
                "or train the model again"
            ) from error


def weighted_mean(
    outputs: Float[np.ndarray, "members mols tasks"], weights: Sequence[float]
) -> Float[np.ndarray, "mols tasks"]:
    """Return the mean over the members, by weights if there are any, the same for any company."""
    if not weights:
        mean: np.ndarray = outputs.mean(axis=0)
        return mean
    shares = np.array(weights, dtype=outputs.dtype) / np.sum(weights, dtype=outputs.dtype)
    total: np.ndarray = shares[0] * outputs[0]
    for share, of_member in zip(shares[1:], outputs[1:], strict=True):
        total = total + share * of_member
    return total


def uneven(weights: Sequence[float]) -> tuple[float, ...]:
    """Return weights, or none where they are all the same."""
    return tuple(map(float, weights)) if len(set(weights)) > 1 else ()


def _tensors_of(member: int, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    prefix = f"{member}."
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _keys_from_tensor(tensor: Tensor | None) -> UInt64[np.ndarray, " molecules"] | None:
    return None if tensor is None else tensor.numpy().view(np.uint64)
