"""The report holds what a chemist wants to know, whatever the table was like."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from molgnn.chem.splits import Split, label_counts
from molgnn.report import content as content_module
from molgnn.report.comparison import by_similarity, by_task
from molgnn.report.content import MAX_DETAILED, EvaluatedMolecules, ReportContent, most_measured
from molgnn.report.figures import draw_task
from molgnn.report.page import write_report
from molgnn.tasks import Task, TaskKind, Tasks

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
        model=random.random((n, len(tasks))),
        forest=random.random((n, len(tasks))),
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
        thresholds=[0.5] * len(tasks),
        forest_thresholds=[0.4] * len(tasks),
    )


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


def test_the_metrics_are_those_of_model_and_forest(content: ReportContent, text: str) -> None:
    for evaluation in content.molecules.evaluate(content.tasks, range(len(content.tasks))):
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


def test_the_largest_errors_are_named_by_their_line(content: ReportContent, text: str) -> None:
    errors = np.abs(content.molecules.model - content.molecules.labels)[:, 1]
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
    assert [len(axes.lines) for axes in (roc, precision)] == [3 * 2 + 1, 3 * 2]
    assert len(reliability.lines) == 2 + 1


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
    content.molecules.forest[:, :6] = np.nan
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
    content.molecules.forest[:, :6] = np.nan
    content.molecules.model[:, :6] = labels[:, :6] == 1  # those without a forest are all right
    [table] = by_task(content)
    every, shared = table.means
    assert (every.name, every.pairs[0].forest) == (f"mean of all {n}", "-")
    aucs = [float(row.pairs[0].model) for row in table.rows]
    assert shared.name == f"mean of {MAX_DETAILED}"
    assert float(shared.pairs[0].model) == pytest.approx(np.mean(aucs[6:]), abs=1e-3)
    assert float(every.pairs[0].model) == pytest.approx(np.mean(aucs), abs=1e-3)


def test_without_test_molecules_there_is_still_a_page(
    content: ReportContent, tmp_path: Path
) -> None:
    nothing = EvaluatedMolecules(
        places=[],
        smiles=[],
        labels=np.zeros((0, 3)),
        model=np.zeros((0, 3)),
        forest=np.zeros((0, 3)),
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
