"""Recipes: settings of a training under a name, or in a file of one's own."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from molgnn.errors import ConfigError, FileProblem, unknown_name

RECIPES = ("fast", "best")
"""Each is a file of that name here, which says what it is for."""

ABOUT = "about"
"""Where a recipe says in words what it is for."""


def read_recipe(name: str | Path) -> dict[str, Any]:
    """Return the settings of a recipe.

    Parameters
    ----------
    name
        One of `RECIPES`, or the name of a JSON file.

    Raises
    ------
    UnknownName
        If it is neither.
    ConfigError
        If the file holds no JSON record.
    """
    if name in RECIPES:
        text = files("molgnn.fitting.recipes").joinpath(f"{name}.json").read_text(encoding="utf-8")
    else:
        text = _read_file(Path(name))
    try:
        record = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"expected settings as JSON in {name} but got: {error}") from None
    if not isinstance(record, dict):
        raise ConfigError(
            f"expected a JSON record of settings in {name} but got a {type(record).__name__}; "
            'fix: {"epochs": 30, "members": [{"kind": "network"}, {"kind": "lightgbm"}]}'
        )
    return {key: value for key, value in record.items() if key != ABOUT}


def _read_file(path: Path) -> str:
    if not path.exists() and not path.suffix:
        raise unknown_name("recipe", str(path), RECIPES)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileProblem(f"cannot read a recipe from {path}: {error.strerror}") from error
