"""A table from the text of a CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from molgnn.chem.tables import LabelledTable, read_table

ReadCsv = Callable[..., LabelledTable]


@pytest.fixture
def read_csv(tmp_path: Path) -> ReadCsv:
    """Return a function from the text of a CSV, and options of `read_table`, to the table."""

    def read(text: str, **options: object) -> LabelledTable:
        (tmp_path / "table.csv").write_text(text, encoding="utf-8")
        return read_table(tmp_path / "table.csv", **options)  # type: ignore[arg-type]

    return read
