from __future__ import annotations

import pytest

from benchmarks.speed.screening_memory import memory_targets


def test_memory_is_that_of_the_largest_library_and_its_growth_from_the_smallest() -> None:
    largest, growth = memory_targets({1000: 2_000_000_000, 10: 1_000_000_000, 100: None})
    assert (largest.value, largest.outcome) == (2.0, "met")
    assert (growth.value, growth.outcome) == (pytest.approx(100.0), "missed")


def test_a_single_size_has_no_growth_and_an_unmeasured_one_no_target() -> None:
    assert len(list(memory_targets({10: 1_000_000_000}))) == 1
    assert list(memory_targets({10: None})) == []
