from __future__ import annotations

from typing import Any

import pytest

from molgnn.errors import ConfigError
from molgnn.screening.selection import Selection


@pytest.mark.parametrize(
    "asked",
    [{}, {"where": "max < 1"}, {"top": 1, "by": "max"}, {"where": "a", "top": 1, "by": "a"}],
)
def test_all_rows_or_those_that_match_or_the_best(asked: dict[str, Any]) -> None:
    selection = Selection(**asked)
    assert (selection.where, selection.top) == (asked.get("where"), asked.get("top"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"top": 0, "by": "max"}, "expected top=… of at least 1 but got 0"),
        ({"top": 10}, "by what the top 10 are chosen.*by=…"),
        ({"by": "max"}, "how many of the best.*top=…"),
        ({"ascending": True}, "how many of the best.*top=…"),
    ],
)
def test_the_best_are_so_many_by_some_number(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Selection(**asked)
