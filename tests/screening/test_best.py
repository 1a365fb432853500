from __future__ import annotations

import math
import struct

from hypothesis import given
from hypothesis import strategies as st

from molgnn.chem.records import Row
from molgnn.screening.best import Best, Candidate

Keys = list[float]
numbers = st.floats(allow_nan=False) | st.sampled_from([0.0, 0.5, 1.0])


def candidates(keys: Keys, first: int = 0) -> list[Candidate]:
    return [
        Candidate(key, -number, Row(number, number + 1, "C", ("C",)), (key,))
        for number, key in enumerate(keys, first)
    ]


@given(keys=st.lists(numbers, max_size=30), size=st.integers(1, 10))
def test_the_best_are_those_of_the_largest_keys_and_of_equal_ones_the_earliest(
    keys: Keys, size: int
) -> None:
    best = Best(size)
    best.offer(candidates(keys))
    by_key = sorted(range(len(keys)), key=lambda number: (-keys[number], number))
    assert [each.row.number for each in best.ranking()] == by_key[:size]


@given(parts=st.lists(st.lists(numbers, max_size=8), max_size=5), size=st.integers(1, 10))
def test_what_was_committed_gives_the_same_best_again(parts: list[Keys], size: int) -> None:
    best, again, first = Best(size), Best(size), 0
    for keys in parts:
        best.offer(candidates(keys, first))
        first += len(keys)
        again.restore(best.commit().splitlines())
    assert again.ranking() == best.ranking()
    assert again.threshold == best.threshold


def test_no_more_is_committed_than_can_be_among_the_best() -> None:
    best = Best(2)
    best.offer(candidates([1, 2, 3, 4, 0]))
    assert best.commit().count(b"\n") == 2
    best.offer(candidates([3.5, 1], first=5))
    assert best.commit().count(b"\n") == 1
    assert best.commit() == b""


def test_what_is_below_the_threshold_need_not_be_offered() -> None:
    best = Best(2)
    assert best.threshold == -math.inf
    best.offer(candidates([1, 3, 2]))
    assert best.threshold == 2


float32 = st.floats(width=32, allow_nan=False)
texts = st.text(max_size=5) | st.sampled_from(["\udcff", 'a"\r\n', "\u2028"])


@given(
    key=numbers,
    smiles=texts,
    fields=st.lists(texts).map(tuple),
    block=st.none() | texts,
    scores=st.lists(float32).map(tuple),
)
def test_a_candidate_comes_back_to_the_last_bit(
    key: float, smiles: str, fields: tuple[str, ...], block: str | None, scores: tuple[float, ...]
) -> None:
    candidate = Candidate(key, -7, Row(7, 9, smiles, fields, block), scores)
    best, again = Best(1), Best(1)
    best.offer([candidate])
    again.restore(best.commit().splitlines())
    [restored] = again.ranking()
    assert restored == candidate
    assert struct.pack("d", restored.key) == struct.pack("d", key)
