"""Read the table that a training, or a search, is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.chem.tables import LabelledTable, read_table
from molgnn.errors import ConfigError
from molgnn.fitting.config import READING_FIELDS, TrainingConfig

if TYPE_CHECKING:
    import pandas as pd


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
