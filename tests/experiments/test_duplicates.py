"""Molecules that a table holds more than once, and contradicting labels, are named by line."""

from __future__ import annotations

import numpy as np

from molgnn.experiments.duplicates import describe_duplicates
from molgnn.tasks import Task, TaskKind, Tasks

NAN = np.nan


def test_contradictions_are_named_by_task_and_line() -> None:
    tasks = Tasks([Task("toxic"), Task("logP", TaskKind.REGRESSION), Task("fine")])
    labels = np.array(
        [[1, 2.0, 0], [0, 2.1, NAN], [NAN, 9.0, 1], [1, 2.0, 1], [0, 8.0, 1]], dtype=np.float32
    )
    molecule_ids, lines = np.array([0, 0, 2, 3, 3]), [2, 3, 4, 5, 7]
    first, *others = describe_duplicates(molecule_ids, labels, tasks, lines)
    assert first.startswith("4 rows show 2 molecules more than once")
    assert others == [
        "toxic: 2 molecules are measured as 0 and as 1, in lines 2 and 3; 5 and 7",
        "logP: 1 molecule is measured with values far apart, in lines 5 and 7",
    ]


def test_a_table_without_repeats_has_nothing_to_say() -> None:
    labels = np.zeros((3, 1), dtype=np.float32)
    assert describe_duplicates(np.arange(3), labels, Tasks([Task("a")]), [2, 3, 4]) == []
