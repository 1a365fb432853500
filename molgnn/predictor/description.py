"""``bundle.json``, the description of a model: read, check and write it without loading torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from molgnn.errors import BundleError, FileProblem
from molgnn.files import atomic_folder
from molgnn.predictor.annotators import Annotation, Annotator, ModelFacts, make_annotators
from molgnn.predictor.card import Card
from molgnn.tasks import Tasks

FORMAT = 2
"""In format 1, all members were networks of one description."""
DESCRIPTION = "bundle.json"
WEIGHTS = "weights.safetensors"
MODEL, ENCODER = "model", "encoder"
"""The kinds of bundles: what predicts, and what a training may start from."""


def to_text(description: dict[str, Any]) -> str:
    """Return the text of ``bundle.json``: the description, preceded by its own sha256."""
    return json.dumps({"sha256": _digest(description), **description}, indent=1) + "\n"


def find_bundle(folder: Path) -> Path:
    """Return *folder*, or what it holds where it is the run folder of a training or pretraining.

    Raises
    ------
    BundleError
        If neither holds a model.
    """
    for place in (folder, folder / MODEL, folder / ENCODER):
        if (place / DESCRIPTION).is_file():
            return place
    raise BundleError(
        f"expected a model but the folder {folder} holds no {DESCRIPTION}; fix: give a run "
        "folder of `molgnn train`, or a name from `molgnn models list`"
    )


def read_description(folder: Path) -> dict[str, Any]:
    """Return the checked contents of ``bundle.json``.

    Raises
    ------
    BundleError
        If it is missing, altered, or of a newer format.
    """
    path = folder / DESCRIPTION
    text = read_bytes(path)
    try:
        description = json.loads(text)
        digest, form = description["sha256"], int(description["format"])
    except (ValueError, KeyError, TypeError):
        raise altered_file(path) from None
    if form > FORMAT:
        raise BundleError(
            f"{path} has format {form} but this molgnn reads up to {FORMAT}; "
            "fix: pip install --upgrade molgnn"
        )
    if digest != _digest({k: v for k, v in description.items() if k != "sha256"}):
        raise altered_file(path)
    if "n_networks" in description:
        network = {"kind": "network", "network": description["network"]}
        description["members"] = [network] * int(description["n_networks"])
    return dict(description)


def read_annotators(
    description: dict[str, Any], add: Iterable[str | Annotation] = ()
) -> tuple[Annotator, ...]:
    """Return the annotators that the model declares, then those that are asked for besides.

    Raises
    ------
    UnknownName, ConfigError
        If there is no such annotator, or it has nothing to say of this model.
    """
    declared = [Annotation.from_json(record) for record in description.get("annotators", ())]
    asked = [add] if isinstance(add, str) else add
    return make_annotators([*declared, *asked], read_facts(description))


def read_facts(description: dict[str, Any]) -> ModelFacts:
    """Return what annotators may know of the model."""
    return ModelFacts(Tasks.from_json(description["tasks"]), len(description["members"]))


def read_feature_sets(description: dict[str, Any]) -> tuple[str, ...]:
    """Return the molecule features that the members read besides graphs."""
    members = description["members"]
    return tuple(dict.fromkeys(name for each in members for name in each.get("features", ())))


def read_card(description: dict[str, Any]) -> Card:
    """Return the model's card, with the rules of the columns that it adds to every prediction."""
    card = Card(**description["card"])
    if kind_of(description) == ENCODER:
        return card
    return card.with_outputs(read_annotators(description))


def read_weights(folder: Path, description: dict[str, Any]) -> bytes:
    """Return the bytes of the weights after checking them against the description.

    Raises
    ------
    BundleError
        If they are missing or altered.
    """
    weights = read_bytes(folder / WEIGHTS)
    if sha256(weights) != description["weights_sha256"]:
        raise altered_file(folder / WEIGHTS)
    return weights


def write_bundle(folder: Path, description: dict[str, Any], weights: bytes) -> None:
    """Write both files; *folder* then holds all of the bundle, or what it held before.

    Raises
    ------
    FileProblem
        If the folder cannot be written, or holds something else than a bundle.
    """
    try:
        if folder.exists() and not (folder / DESCRIPTION).is_file() and any(folder.iterdir()):
            raise FileProblem(
                f"expected a new folder, or a model to replace, but {folder} holds other files; "
                "fix: name another folder"
            )
        with atomic_folder(folder) as staged:
            (staged / WEIGHTS).write_bytes(weights)
            (staged / DESCRIPTION).write_text(to_text(description), encoding="utf-8")
    except FileProblem:
        raise
    except OSError as error:
        raise FileProblem(f"cannot write the model to {folder}: {error.strerror}") from error


def kind_of(description: dict[str, Any]) -> str:
    """Return what the bundle is, one of `MODEL` and `ENCODER`."""
    return str(description.get("kind", MODEL))


def read_model_description(folder: Path) -> dict[str, Any]:
    """Return the checked contents of a model's ``bundle.json``.

    Raises
    ------
    BundleError
        As `read_description`, and if it is that of a pretrained encoder, which predicts nothing.
    """
    description = read_description(folder)
    if kind_of(description) != MODEL:
        raise BundleError(
            f"expected a model that predicts but {folder} holds a pretrained {kind_of(description)}"
            f"; fix: train a model from it, molgnn train TABLE --from {folder}"
        )
    return description


def read_bytes(path: Path) -> bytes:
    """Return a file of the bundle; raise `BundleError` if that cannot be."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BundleError(
            f"expected a model but {path} is missing; fix: copy the whole folder again"
        ) from None
    except OSError as error:
        raise BundleError(f"cannot read {path}: {error.strerror}") from error


def altered_file(path: Path) -> BundleError:
    """Return the error for a file that differs from what was saved."""
    return BundleError(
        f"{path} is not as molgnn saved it (its sha256 differs), so its numbers can't be trusted; "
        "fix: fetch or copy the model again"
    )


def sha256(data: bytes) -> str:
    """Return the hexadecimal digest."""
    return hashlib.sha256(data).hexdigest()


def _digest(description: dict[str, Any]) -> str:
    return sha256(json.dumps(description, sort_keys=True, separators=(",", ":")).encode())
