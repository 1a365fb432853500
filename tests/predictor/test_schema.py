"""Every column of a prediction says what it is."""

from __future__ import annotations

import pytest

from molgnn.errors import ConfigError, UnknownName
from molgnn.predictor.schema import OutputColumn, OutputColumns, Role
from molgnn.tasks import Task, TaskKind

NR_AR = OutputColumn.of_task(Task("NR-AR", description="androgen receptor"))
LOGS = OutputColumn.of_task(Task("logS", TaskKind.REGRESSION, "log10(mol/L)"))
SPREAD = OutputColumn("logS_spread", Role.UNCERTAINTY, "logS", "log10(mol/L)")
COLUMNS = OutputColumns([NR_AR, LOGS, SPREAD])


def test_a_classification_gives_probabilities_and_a_regression_values_in_its_unit() -> None:
    assert (NR_AR.role, NR_AR.task, NR_AR.unit) == (Role.PROBABILITY, "NR-AR", "")
    assert (LOGS.role, LOGS.task, LOGS.unit) == (Role.VALUE, "logS", "log10(mol/L)")
    assert NR_AR.description == "androgen receptor"
    assert NR_AR.dtype == "float32"


def test_columns_are_found_by_name_place_role_and_task() -> None:
    assert COLUMNS["logS"] is COLUMNS[1] is LOGS
    assert COLUMNS.index_of("logS_spread") == 2
    assert COLUMNS[1:] == OutputColumns([LOGS, SPREAD])
    assert COLUMNS.with_role(Role.UNCERTAINTY).names == ["logS_spread"]
    assert COLUMNS.of_task("logS").names == ["logS", "logS_spread"]
    assert list(COLUMNS) == [NR_AR, LOGS, SPREAD]


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown column 'NR-AB': did you mean NR-AR"):
        COLUMNS["NR-AB"]


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"each output column once but got NR-AR again; fix:"):
        OutputColumns([NR_AR, NR_AR])


def test_it_shows_its_names_and_in_a_notebook_all_that_is_known() -> None:
    assert repr(COLUMNS) == "OutputColumns(NR-AR, logS, logS_spread)"
    assert "<td style='text-align:left'>uncertainty</td>" in COLUMNS._repr_html_()
