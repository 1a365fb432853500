"""The models that come with molgnn: ``catalogue.json`` names them and pins their hashes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from molgnn.errors import BundleError, unknown_name
from molgnn.predictor.card import Card
from molgnn.predictor.description import read_card, read_description

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
    by_name = _full_names()
    if name not in by_name:
        raise unknown_name("model", name, by_name)
    return by_name[name]


def knows(name: str) -> bool:
    """Say whether a model has this name or alias."""
    return name in _full_names()


def folder_of(name: str) -> Path:
    """Return where the model called *name* lies, once it is sure to be the one that was meant.

    Raises
    ------
    UnknownName
        If no model has that name.
    BundleError
        If its description is missing, altered, or that of another model.
    """
    full = full_name(name)
    folder, pinned = WEIGHTS_FOLDER / full, entries()[full].sha256
    found = read_description(folder)["sha256"]
    if found != pinned:
        raise BundleError(
            f"expected {full} with sha256 {pinned[:12]}… but {folder} holds {found[:12]}…; "
            "fix: reinstall molgnn"
        )
    return folder


def card_of(folder: Path) -> Card:
    """Return the card of the bundle in a folder, without loading its weights."""
    return read_card(read_description(folder))


def _full_names() -> dict[str, str]:
    return {alias: full for full, entry in entries().items() for alias in (full, *entry.aliases)}
