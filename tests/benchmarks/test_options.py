from __future__ import annotations

import pytest
import typer

from benchmarks.options import parse_numbers, pick
from molgnn.errors import UnknownName

NAMES = ("parse-only-1", "parse-only-2", "molgnn-gcn-2")


def test_patterns_pick_names_in_their_own_order() -> None:
    assert pick("molgnn-gcn-2,parse-only-*", NAMES, "program") == list(NAMES)
    assert pick("*-1", NAMES, "program") == ["parse-only-1"]


def test_a_pattern_that_fits_nothing_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean parse-only"):
        pick("parse-onely-2", NAMES, "program")


def test_numbers_stand_between_commas() -> None:
    assert parse_numbers("0,1, 20") == [0, 1, 20]
    with pytest.raises(typer.BadParameter, match="expected whole numbers but got 'a,1'"):
        parse_numbers("a,1")
