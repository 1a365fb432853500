"""Where not one row was scored, the likely cause is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from molgnn.screening import screen


@pytest.mark.parametrize(
    ("text", "options", "cause"),
    [
        (
            "name,smiles\nCCO,ethanol\nCC,ethane\n",
            {},
            r"column 2 ('smiles') holds no SMILES, column 1 ('name') does; fix: name it with "
            "smiles_column=…",
        ),
        ("smiles,n\nO,1\n,2\nO,3\n", {}, "of 3 rows, 2 were rejected for no carbon; fix: see"),
        ("smiles\nC\nO\n", {}, ""),
        (
            ",smiles\nCCO,O\nCC,O\n",
            {},
            "column 2 ('smiles') holds no SMILES, column 1 does; fix: name it with",
        ),
        ("smiles\n", {}, "{library} holds no molecules, only the names of its columns; fix: see"),
    ],
    ids=["another column", "no column", "some rows", "a column without a name", "no rows"],
)
def test_the_likely_cause_is_the_wrong_column_the_commonest_reason_or_an_empty_library(
    tmp_path: Path, length_model: Any, text: str, options: dict[str, Any], cause: str
) -> None:
    (tmp_path / "library.csv").write_text(text.replace("ethanol", "OO").replace("ethane", "O"))
    summary = screen(tmp_path / "library.csv", length_model, output=tmp_path / "out.csv", **options)
    assert summary.likely_cause.startswith(cause.format(library=tmp_path / "library.csv"))
    assert bool(summary.likely_cause) == bool(cause)
