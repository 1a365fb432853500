"""The models that come with molgnn: ``catalogue.json`` names them and pins their hashes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from molgnn.errors import BundleError, unknown_name
from molgnn.predictor.card import Card
from molgnn.predictor.seal import read_description, read_weights

FOLDER = Path(__file__).parent
WEIGHTS_FOLDER = FOLDER / "weights"


class Entry(BaseModel):
    """One model of the catalogue.

    Parameters
    ----------
    sha256
        Of the bundle's description, which in turn holds that of the weights.
    aliases
        Shorter names for the same model.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    aliases: tuple[str, ...] = ()


@cache
def entries() -> dict[str, Entry]:
    """Return the catalogue: full name (``encoder.tag``) to entry."""
    records = json.loads((FOLDER / "catalogue.json").read_text(encoding="utf-8"))
    return {name: Entry(**record) for name, record in records.items()}


def full_name(name: str) -> str:
    """Return the full name behind a name or an alias; raise `UnknownName` if there is none."""
    by_name = {alias: full for full, entry in entries().items() for alias in (full, *entry.aliases)}
    if name not in by_name:
        raise unknown_name("model", name, by_name)
    return by_name[name]


def folder_of(name: str) -> Path:
    """Return where the model called *name* lies."""
    return WEIGHTS_FOLDER / full_name(name)


def card_of(folder: Path) -> Card:
    """Return the card of the bundle in a folder, without loading its weights."""
    return Card(**read_description(folder)["card"])


def verify(name: str) -> None:
    """Check every byte of a model of the catalogue; raise `BundleError` if one differs."""
    folder, pinned = folder_of(name), entries()[full_name(name)].sha256
    description = read_description(folder)
    read_weights(folder, description)
    if description["sha256"] != pinned:
        raise BundleError(
            f"expected {name} with sha256 {pinned[:12]}… but {folder} holds "
            f"{description['sha256'][:12]}…; fix: reinstall molgnn"
        )
