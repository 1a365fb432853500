from __future__ import annotations

import json

import pytest

from molgnn.errors import ConfigError, UnknownName
from molgnn.tasks import Task, TaskKind, Tasks

TOXIC = Task("toxic", description="does harm", source="Tox21")
SOLUBLE = Task("solubility", TaskKind.REGRESSION, unit="log10(mol/L)")
ACTIVE = Task("active")
TASKS = Tasks([TOXIC, SOLUBLE, ACTIVE])


def test_a_task_is_a_classification_unless_told_otherwise() -> None:
    assert ACTIVE.is_classification
    assert not SOLUBLE.is_classification


def test_tasks_keep_their_order() -> None:
    assert TASKS.names == ["toxic", "solubility", "active"]
    assert list(TASKS) == [TOXIC, SOLUBLE, ACTIVE]
    assert len(TASKS) == 3
    assert TASKS[1] is SOLUBLE
    assert TASKS[:2] == (TOXIC, SOLUBLE)


def test_a_name_gives_the_column() -> None:
    assert TASKS.index_of("active") == 2


def test_an_unknown_name_is_answered_with_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="unknown task 'toxik': did you mean toxic"):
        TASKS.index_of("toxik")


@pytest.mark.parametrize(
    ("kind", "columns"), [(TaskKind.CLASSIFICATION, [0, 2]), (TaskKind.REGRESSION, [1])]
)
def test_columns_are_found_by_kind(kind: TaskKind, columns: list[int]) -> None:
    assert TASKS.where(kind) == columns


def test_there_is_at_least_one_task() -> None:
    with pytest.raises(ConfigError, match="expected at least one task"):
        Tasks([])


def test_a_name_stands_for_one_task() -> None:
    with pytest.raises(ConfigError, match="got active, toxic again"):
        Tasks([TOXIC, ACTIVE, Task("toxic", TaskKind.REGRESSION), ACTIVE])


def test_tasks_survive_json() -> None:
    assert Tasks.from_json(json.loads(json.dumps(TASKS.to_json()))) == TASKS


def test_tasks_are_equal_when_every_one_is() -> None:
    same, other = Tasks(list(TASKS)), Tasks([ACTIVE, SOLUBLE, TOXIC])
    assert same == TASKS
    assert hash(same) == hash(TASKS)
    assert other != TASKS
    assert list(TASKS) != TASKS


def test_they_show_their_names() -> None:
    assert repr(TASKS) == "Tasks(toxic, solubility, active)"
