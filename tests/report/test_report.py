"""The report holds what a chemist wants to know, whatever the table was like."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from molgnn.chem.splits import Split, label_counts
from molgnn.report import content as content_module
from molgnn.report.comparison import Cell, by_similarity, by_task, compare_values
from molgnn.report.content import (
    MAX_DETAILED,
    MODEL,
    EvaluatedMolecules,
    ReportContent,
    most_measured,
)
from molgnn.report.figures import draw_task
from molgnn.report.page import write_report
from molgnn.tasks import Task, TaskKind, Tasks

MODELS = (MODEL, "random forest", "LightGBM")
TASKS = Tasks([Task("a<b>/é"), Task("logP", TaskKind.REGRESSION, unit="log"), Task("one class")])


@pytest.fixture(scope="module")
def smiles(library: Path) -> list[str]:
    return list(pd.read_csv(library)["smiles"][:30])


def make_content(smiles: list[str], tasks: Tasks, labels: np.ndarray) -> ReportContent:
    random = np.random.default_rng(0)
    n = len(smiles)
    rows = np.arange(n)
    split = Split(rows[: n // 2], rows[n // 2 :], rows[:0])
    molecules = EvaluatedMolecules(
        places=[f"line {row + 2}" for row in rows],
        smiles=smiles,
        labels=labels,
        predictions={name: random.random((n, len(tasks))) for name in MODELS},
        similarity=random.random(n),
        folds=np.zeros(n, dtype=np.int64),
    )
    return ReportContent(
        title="gcn.<table>",
        facts={"predicts": "x & y"},
        notes=["line 3 is not used: <&>"],
        counts=label_counts(split, labels, tasks),
        tasks=tasks,
        molecules=molecules,
        detailed=most_measured(labels),
        thresholds={name: [0.5] * len(tasks) for name in MODELS},
    )


def leave_out_baselines(content: ReportContent, tasks: slice) -> None:
    for name in MODELS[1:]:
        content.molecules.predictions[name][:, tasks] = np.nan


@pytest.fixture(scope="module")
def content(smiles: list[str]) -> ReportContent:
    random = np.random.default_rng(1)
    labels = np.stack([random.integers(0, 2, 30), random.normal(size=30), np.ones(30)], axis=1)
    labels[::4, 0] = np.nan
    return make_content(smiles, TASKS, labels.astype(float))


@pytest.fixture(scope="module")
def page(content: ReportContent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tmp_path_factory.mktemp("reports"), content)


@pytest.fixture(scope="module")
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_the_page_needs_no_other_file_and_its_pictures_lie_beside_it(page: Path, text: str) -> None:
    assert not re.search(r'(src|href)="(?!data:|#)', text)
    pictures = sorted(path.name for path in (page.parent / "figures").iterdir())
    assert pictures == ["000_a_b_é.png", "001_logP.png", "002_one_class.png"]


def test_names_and_notes_are_text_not_markup(text: str) -> None:
    assert "gcn.&lt;table&gt;" in text
    assert "a&lt;b&gt;/é" in text
    assert "line 3 is not used: &lt;&amp;&gt;" in text
    assert "<b>/é" not in text


def test_the_metrics_are_those_of_the_model_and_of_each_baseline(
    content: ReportContent, text: str
) -> None:
    evaluations = content.molecules.evaluate(content.tasks, range(len(content.tasks)))
    assert list(evaluations) == list(MODELS)
    for evaluation in evaluations.values():
        assert f"{evaluation.tasks[0].values['roc_auc']:.3f}" in text
        assert f"{evaluation.tasks[1].values['rmse']:.3f}" in text
    assert "nan" not in re.sub('base64,[^"]*', "", text)


def test_classifications_and_regressions_are_both_shown_by_similarity(
    content: ReportContent,
) -> None:
    tables = by_similarity(content)
    assert [table.metrics for table in tables] == [["ROC-AUC"], ["RMSE"]]
    for table in tables:
        assert sum(row.counts[0] for row in table.rows) == 30


def test_the_best_metric_is_marked_and_none_of_equal_ones() -> None:
    values = {"model": 0.8, "random forest": 0.7, "LightGBM": 0.8001}
    assert compare_values("roc_auc", values) == [
        Cell("0.800", False), Cell("0.700", False), Cell("0.800", False),
    ]  # fmt: skip
    assert [cell.is_best for cell in compare_values("rmse", values)] == [False, True, False]
    alone = {"model": 0.8, "random forest": np.nan, "LightGBM": np.nan}
    assert not any(cell.is_best for cell in compare_values("roc_auc", alone))


@pytest.mark.parametrize("column", range(len(TASKS)))
def test_a_figure_that_is_drawn_over_is_as_one_that_is_new(
    content: ReportContent, column: int
) -> None:
    task, other = TASKS[column], replace(content.molecules, labels=content.molecules.labels * 0 + 1)
    used = draw_task(task, column, content.molecules, draw_task(task, column, other))
    new = draw_task(task, column, content.molecules)
    pictures = []
    for figure in (used, new):
        figure.savefig(file := io.BytesIO(), format="png")
        pictures.append(file.getvalue())
    assert pictures[0] == pictures[1]


def test_the_largest_errors_are_named_by_their_line(content: ReportContent, text: str) -> None:
    errors = np.abs(content.molecules.predictions[MODEL] - content.molecules.labels)[:, 1]
    worst = int(np.argmax(errors))
    section = text[text.index('id="task1"') :]
    assert section.index(f"{content.molecules.places[worst]},") < section.index("similarity")
    assert section.count('class="card"') == 8 * 2  # of this task and the one after it


def test_folds_are_evaluated_each_by_itself(content: ReportContent, tmp_path: Path) -> None:
    folds = np.repeat([0, 1, 2], 10)
    several = replace(content, detailed=[], molecules=replace(content.molecules, folds=folds))
    text = write_report(tmp_path, several).read_text(encoding="utf-8")
    assert "Means over 3 folds" in text
    assert "±" in text[text.index('class="mean"') :]


def test_scores_of_several_folds_are_ranked_fold_by_fold(content: ReportContent) -> None:
    folds = np.repeat([0, 1, 2], 10)
    labels = np.tile([[0.0], [1.0]], (15, 3))
    molecules = replace(content.molecules, folds=folds, labels=labels)
    roc, precision, reliability, *_ = draw_task(TASKS[0], 0, molecules).axes
    assert [len(axes.lines) for axes in (roc, precision)] == [3 * 3 + 1, 3 * 3]
    assert len(reliability.lines) == 3 + 1


def test_the_learning_curves_are_on_the_page(content: ReportContent, tmp_path: Path) -> None:
    curves = tmp_path / "curves.png"
    curves.write_bytes(b"picture")
    text = write_report(tmp_path, replace(content, detailed=[]), curves).read_text(encoding="utf-8")
    assert f"base64,{b64encode(b'picture').decode()}" in text


def test_hundreds_of_tasks_are_in_the_table_and_the_fullest_in_detail(
    smiles: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_module, "MAX_DETAILED", 2)
    n = 2 + 6
    tasks = Tasks([Task(f"task {i}") for i in range(n)])
    labels = np.tile([[0.0], [1.0]], (15, n))
    labels[: len(labels) // 2, :6] = np.nan
    content = make_content(smiles, tasks, labels)
    assert content.detailed == list(range(6, n))
    leave_out_baselines(content, slice(6))
    text = write_report(tmp_path, content).read_text(encoding="utf-8")
    assert f"Of {n} tasks, the 2 with most" in text
    assert text.count("<td>task ") == 2 * n


def test_axes_are_called_as_everybody_calls_them(content: ReportContent) -> None:
    roc, precision_recall, calibration, *_ = draw_task(TASKS[0], 0, content.molecules).axes
    labels = [(each.get_xlabel(), each.get_ylabel()) for each in (roc, precision_recall)]
    assert labels == [("false positive rate", "true positive rate"), ("recall", "precision")]
    assert calibration.get_ylabel() == "fraction of positives"


def test_means_beside_each_other_are_of_the_same_tasks(smiles: list[str]) -> None:
    n = MAX_DETAILED + 6
    labels = np.tile([[0.0], [1.0]], (15, n))
    labels[: len(labels) // 2, :6] = np.nan
    content = make_content(smiles, Tasks([Task(f"task {i}") for i in range(n)]), labels)
    leave_out_baselines(content, slice(6))
    of_model = content.molecules.predictions[MODEL]
    of_model[:, :6] = labels[:, :6] == 1  # those without baselines are all right
    [table] = by_task(content)
    every, shared = table.means
    assert every.name == f"mean of all {n}"
    assert [cell.text for cell in every.metrics[0][1:]] == ["-", "-"]
    aucs = [float(row.metrics[0][0].text) for row in table.rows]
    assert shared.name == f"mean of {MAX_DETAILED}"
    assert float(shared.metrics[0][0].text) == pytest.approx(np.mean(aucs[6:]), abs=1e-3)
    assert float(every.metrics[0][0].text) == pytest.approx(np.mean(aucs), abs=1e-3)


def test_without_test_molecules_there_is_still_a_page(
    content: ReportContent, tmp_path: Path
) -> None:
    nothing = EvaluatedMolecules(
        places=[],
        smiles=[],
        labels=np.zeros((0, 3)),
        predictions=dict.fromkeys(MODELS, np.zeros((0, 3))),
        similarity=np.zeros(0),
        folds=np.zeros(0, dtype=np.int64),
    )
    text = write_report(tmp_path, replace(content, molecules=nothing)).read_text(encoding="utf-8")
    assert "There are no test molecules" in text


def test_labels_that_are_all_gaps_are_no_reason_to_fail(
    content: ReportContent, tmp_path: Path
) -> None:
    blank = replace(content.molecules, labels=np.full((30, 3), np.nan))
    assert write_report(tmp_path, replace(content, molecules=blank)).exists()
