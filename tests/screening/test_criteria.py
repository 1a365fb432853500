"""Conditions and rankings see all columns of a library, and say which cells they could not read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from molgnn.errors import ConfigError
from molgnn.screening import screen
from molgnn.screening.criteria import parse_criteria
from molgnn.screening.selection import Selection

Interrupted = Callable[[int], AbstractContextManager[pytest.ExceptionInfo[KeyboardInterrupt]]]

FRAME = pd.DataFrame(
    {
        "smiles": ["CCO", "CC", "O", "CCCC"],
        "id": ["a", "b", "c", "d"],
        "price": [4.0, 3.0, 2.0, 1.0],
        "series": ["A1", "A1", "B1", "B1"],
        "mixed": [1, "x", None, 3],
        "day": pd.to_datetime(["2024-01-09", "2024-01-10", "2024-01-11", "2024-01-12"]),
    }
)
SELECTIONS = [
    ({"where": "price < 3.5 and series == 'A1'"}, ["b"]),
    ({"where": "day >= '2024-01-10' and length < 10"}, ["b", "d"]),
    ({"top": 2, "by": "-price"}, ["d", "b"]),
    ({"top": 1, "by": "price + length", "where": "series == 'B1'"}, ["d"]),
    ({"where": "status == 'rejected'"}, ["c"]),
]


@pytest.mark.parametrize(("selection", "ids"), SELECTIONS)
@pytest.mark.parametrize("source", ["frame", "csv", "parquet"])
def test_columns_that_are_not_kept_can_be_asked_for_and_are_not_written(
    tmp_path: Path, length_model: Any, selection: dict[str, Any], ids: list[str], source: str
) -> None:
    library: Any = FRAME
    if source != "frame":
        library = tmp_path / f"library.{source}"
        getattr(FRAME.drop(columns="mixed"), f"to_{source}")(library, index=False)
    scored = screen(library, length_model, columns=["id"], chunk_size=3, **selection)
    names = [*(["rank"] if "top" in selection else []), "smiles", "id", "status", "reason"]
    assert scored.columns.tolist() == [*names, "length", "half"]
    assert scored["id"].tolist() == ids


def test_files_that_lack_a_column_that_is_not_kept_are_blank_there(
    tmp_path: Path, length_model: Any
) -> None:
    (tmp_path / "a.csv").write_text("smiles,price\nC,1\n")
    (tmp_path / "b.csv").write_text("smiles,stock\nCC,5\nCCC,0\n")
    scored = screen(f"{tmp_path}/*.csv", length_model, columns=[], where="stock > 1")
    assert scored["smiles"].tolist() == ["CC"]
    assert scored.columns.tolist()[:3] == ["file", "smiles", "status"]


@pytest.mark.parametrize("selection", [{"where": "n < 3"}, {"top": 2, "by": "n"}])
def test_resumed_it_is_the_same_to_the_byte_and_counts_what_it_could_not_read_before(
    tmp_path: Path,
    tiny_bundle: Path,
    small_parts: None,
    interrupted_after: Interrupted,
    selection: dict[str, Any],
) -> None:
    library = tmp_path / "library.csv"
    library.write_text('smiles,n\nC,1\nCC,x\nCCC,2\nCO,"1,000"\nCN,3\nCF,y\n')
    options = {"columns": [], "chunk_size": 1, **selection}
    whole = screen(library, tiny_bundle, output=tmp_path / "whole.csv", **options)
    with interrupted_after(4):
        screen(library, tiny_bundle, output=tmp_path / "out.csv", **options)
    resumed = screen(library, tiny_bundle, output=tmp_path / "out.csv", **options)
    assert resumed.resumed == 4
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert resumed.counts == whole.counts
    assert resumed.notes == whole.notes
    [note] = whole.notes
    assert note.startswith("3 rows had text where a number was wanted in 'n', the first in line 3")


def test_where_a_dataframe_is_returned_it_is_warned_of_cells_that_could_not_be_read(
    length_model: Any,
) -> None:
    with pytest.warns(UserWarning, match="1 row had text .* in 'mixed', the first in row 1: 'x'"):
        scored = screen(FRAME, length_model, where="mixed < 2")
    assert scored["id"].tolist() == ["a"]


@pytest.mark.parametrize("source", ["frame", "parquet"])
def test_a_number_is_not_asked_of_a_column_whose_type_is_text(
    tmp_path: Path, length_model: Any, source: str
) -> None:
    library: Any = FRAME
    if source == "parquet":
        library = tmp_path / "library.parquet"
        FRAME.drop(columns="mixed").to_parquet(library)
    with pytest.raises(ConfigError, match=r'which holds text; fix: compare it .* series == "…"'):
        screen(library, length_model, where="series < 2")
    with pytest.raises(ConfigError, match="'day', which holds dates"):
        screen(library, length_model, top=1, by="day", columns=["id"])


def test_of_two_columns_of_one_name_it_is_said_which_is_meant(table_of: Callable[..., Any]) -> None:
    table = table_of(["smiles", "NR-AR", "reason"], ["NR-AR"])
    criteria = parse_criteria(Selection(where="NR-AR > 1 and reason_input == 'x'"), table)
    assert criteria.notes == (
        "'NR-AR' means the column that is added to the library; the library's own is 'NR-AR_input'",
    )
