"""Read the table, the settings and the keywords that a training or a search is given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import ConfigError, unknown_name
from molgnn.fitting.config import READING_FIELDS, TrainingConfig

if TYPE_CHECKING:
    import pandas as pd


def check_keywords(
    given: Iterable[str], function: Callable[..., Any], others: Iterable[str]
) -> None:
    """Refuse keywords that a function takes as ``**settings`` but knows nothing of.

    Parameters
    ----------
    given
        What it was called with, beside its own parameters.
    function
        Its own parameters are named to whoever mistypes one, too.
    others
        The further keywords that it takes.

    Raises
    ------
    ConfigError
        Naming the nearest keywords that there are.
    """
    parameters = inspect.signature(function).parameters.values()
    known = [*others, *(each.name for each in parameters if each.kind is not each.VAR_KEYWORD)]
    for name in given:
        if name not in known:
            raise ConfigError(str(unknown_name(f"parameter of {function.__name__}", name, known)))


def as_config(
    config: TrainingConfig | str | Path | None,
    settings: Mapping[str, Any],
    function: Callable[..., Any],
) -> TrainingConfig:
    """Return settings, or those of a ``config.json``, or the defaults, with others in their place.

    Parameters
    ----------
    config, settings
        What a function was called with: a record or its file, and single settings.
    function
        The function, for `check_keywords`.

    Raises
    ------
    FileProblem, ConfigError
        If the file or a setting cannot be used, saying which.
    """
    check_keywords(settings, function, (*TrainingConfig.model_fields, "network"))
    if config is None:
        config = TrainingConfig()
    elif not isinstance(config, TrainingConfig):
        config = TrainingConfig.read(Path(config))
    return config.changed(**settings) if settings else config


def labelled_table(
    table: str | Path | pd.DataFrame | LabelledTable, config: TrainingConfig
) -> LabelledTable:
    """Read a table as the settings say; one that is read already must not contradict them.

    Raises
    ------
    ConfigError
        If it would be read otherwise.
    """
    reading = {name: getattr(config, name) for name in READING_FIELDS}
    if not isinstance(table, LabelledTable):
        return read_table(table, split_column=config.split_column, **reading)
    unused = [name for name, value in reading.items() if value is not None]
    if config.split_column is not None and not table.split_values:
        unused.append("split")
    if unused:
        raise ConfigError(
            f"expected {', '.join(unused)} to be given to read_table, as the table is read already"
        )
    return table
