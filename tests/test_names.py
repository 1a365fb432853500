"""No column of a table is taken for another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from molgnn.names import count_repeats, number_repeats, unique_name, unique_names

NAMES = st.sampled_from(["smiles", "status", "status_pred", "NR-AR", "NR-AR_pred"])


def test_a_taken_name_is_lengthened_until_it_is_new() -> None:
    assert unique_name("file", ["smiles"], prefix="source_") == "file"
    assert unique_name("file", ["file", "source_file"], prefix="source_") == "source_source_file"
    assert unique_name("rank", ["rank"], suffix="_pred") == "rank_pred"


@given(st.lists(NAMES), st.lists(NAMES, unique=True))
def test_no_wanted_name_is_given_twice_or_is_taken(taken: list[str], wanted: list[str]) -> None:
    names = unique_names(wanted, taken, suffix="_pred")
    assert len(set(names)) == len(names) == len(wanted)
    assert not set(names) & set(taken)


def test_repeats_are_numbered_and_none_is_empty() -> None:
    assert number_repeats(["a", "", "a", "b", "a", "a_2"]) == [
        "a", "column_2", "a_2", "b", "a_3", "a_2_2",
    ]  # fmt: skip


def test_repeats_are_counted() -> None:
    assert count_repeats(["a", "b", "a", "a"]) == [("a", 0), ("b", 0), ("a", 1), ("a", 2)]
