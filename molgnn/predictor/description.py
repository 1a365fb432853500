"""``bundle.json``, the description of a model: read, check and write it without loading torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from molgnn.errors import BundleError
from molgnn.predictor.annotators import Annotation, Annotator, ModelFacts, make_annotators
from molgnn.predictor.card import Card
from molgnn.tasks import Tasks

FORMAT = 1
DESCRIPTION = "bundle.json"
WEIGHTS = "weights.safetensors"


def to_text(description: dict[str, Any]) -> str:
    """Return the text of ``bundle.json``: the description, preceded by its own sha256."""
    return json.dumps({"sha256": _digest(description), **description}, indent=1) + "\n"


def find_bundle(folder: Path) -> Path:
    """Return *folder*, or the model in it where it is the run folder of a training.

    Raises
    ------
    BundleError
        If neither holds a model.
    """
    for place in (folder, folder / "model"):
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
    return ModelFacts(Tasks.from_json(description["tasks"]), int(description["n_networks"]))


def read_card(description: dict[str, Any]) -> Card:
    """Return the model's card, with the rules of the columns that it adds to every prediction."""
    return Card(**description["card"]).with_outputs(read_annotators(description))


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
