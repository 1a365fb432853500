from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.libraries import clean_library
from benchmarks.speed.training_memory import write_labelled_table


@pytest.fixture
def rows(library: Path, tmp_path: Path) -> list[dict[str, str]]:
    cleaned = clean_library([library], 200, tmp_path)
    with write_labelled_table(cleaned, tmp_path / "labelled.csv", 200).open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_task_has_both_classes_and_a_fifth_of_gaps(rows: list[dict[str, str]]) -> None:
    tasks = [name for name in rows[0] if name != "smiles"]
    assert (len(rows), len(tasks)) == (200, 12)
    for task in tasks:
        labels = [row[task] for row in rows]
        assert set(labels) == {"", "0", "1"}
        assert labels.count("") == 40


def test_a_label_says_whether_a_part_is_written_in_the_smiles(rows: list[dict[str, str]]) -> None:
    labels = [(row["task_3"], "Cl" in row["smiles"]) for row in rows if row["task_3"]]
    assert all(label == str(int(has_chlorine)) for label, has_chlorine in labels)
