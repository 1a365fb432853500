from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from molgnn.processes.pool import ITEMS_PER_THREAD, map_in_order


def test_results_come_in_the_order_of_the_items_whichever_is_done_first() -> None:
    second_is_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second_is_done.wait(10)
        if item == 1:
            second_is_done.set()
        return item * item

    with ThreadPoolExecutor(2) as executor:
        assert list(map_in_order(executor, 2, work, range(4))) == [(0, 0), (1, 1), (2, 4), (3, 9)]


def test_no_more_items_are_taken_than_are_held_at_a_time() -> None:
    taken = []

    def items() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            yield item

    with ThreadPoolExecutor(2) as executor:
        results = map_in_order(executor, 2, abs, items())
        assert next(results) == (0, 0)
        results.close()
    assert len(taken) == 2 * ITEMS_PER_THREAD


def test_what_the_work_raises_is_raised() -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(ZeroDivisionError):
        list(map_in_order(executor, 1, lambda item: 1 // item, [1, 0]))
