from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molgnn.chem.parsing import why_rejected
from molgnn.chem.scaffolds import murcko_scaffold
from molgnn.chem.splits import (
    PARTS,
    SPLITS,
    Split,
    describe_counts,
    k_folds,
    label_counts,
    make_split,
    one_class_parts,
    split_by_column,
)
from molgnn.chem.splits.split import join_repeats
from molgnn.errors import ConfigError, TableError, UnknownName
from molgnn.tasks import Task, TaskKind, Tasks

RINGS = ["C1CC1", "C1CCC1", "C1CCCC1", "C1CCCCC1", "c1ccccc1", "c1ccncc1", "c1ccoc1", "c1ccsc1"]
TAILS = ["", "C", "CC", "CO", "CN", "CCC", "CCO"]
MOLECULES = [tail + ring for ring in RINGS for tail in TAILS] + ["CCCC", "CCO", "[Na+].[Cl-]"]
REJECTED = ["CC(", "", "*C", "C[Al](C)(C)(C)C"]


@pytest.mark.parametrize(
    "dataset", ["bace", "bbbp", "clintox", pytest.param("tox21", marks=pytest.mark.slow)]
)
def test_the_scaffold_split_is_the_published_one(shared_data: Path, dataset: str) -> None:
    smiles = pd.read_csv(shared_data / "datasets" / f"{dataset}.csv").iloc[:, 0].tolist()
    published = pd.read_csv(shared_data / "splits" / f"murcko_{dataset}.csv.gz").split_achiral
    split = make_split("scaffold", smiles)
    names = np.array(split.names())
    kept = names != ""
    assert names[kept].tolist() == published[kept].tolist()
    assert all(why_rejected(smiles[row]) for row in split.left_out)
    assert kept.mean() > 0.98


@pytest.mark.parametrize("name", SPLITS)
@given(smiles=st.lists(st.sampled_from(MOLECULES + REJECTED), min_size=30, max_size=60))
@settings(max_examples=25)
def test_every_row_has_one_place(name: str, smiles: list[str]) -> None:
    try:
        split = make_split(name, smiles)
    except TableError:
        assert name != "random"  # one scaffold may be too common to be split by
        return
    places = np.concatenate([split.train, split.valid, split.test, split.left_out])
    assert sorted(places.tolist()) == list(range(len(smiles)))
    assert [name == "" for name in split.names()] == [text in REJECTED for text in smiles]


@pytest.mark.parametrize("name", ["scaffold", "balanced"])
@pytest.mark.parametrize("seed", range(5))
def test_no_scaffold_stands_in_two_parts(name: str, seed: int) -> None:
    split = make_split(name, MOLECULES * 2, seed=seed)
    scaffolds = [
        {murcko_scaffold((MOLECULES * 2)[row]) for row in getattr(split, part)} for part in PARTS
    ]
    assert all(not a & b for a, b in combinations(scaffolds, 2))


@pytest.mark.parametrize("name", SPLITS)
def test_the_same_seed_gives_the_same_split(name: str) -> None:
    assert (
        make_split(name, MOLECULES, seed=3).names() == make_split(name, MOLECULES, seed=3).names()
    )


@pytest.mark.parametrize("name", ["random", "balanced"])
def test_another_seed_gives_another_split(name: str) -> None:
    assert (
        make_split(name, MOLECULES, seed=3).names() != make_split(name, MOLECULES, seed=4).names()
    )


def test_the_random_split_keeps_to_the_fractions() -> None:
    split = make_split("random", ["C"] * 100, fractions=(0.7, 0.2, 0.1))
    assert split.sizes() == {"train": 70, "valid": 20, "test": 10}


def test_the_balanced_split_trains_on_the_commonest_scaffold() -> None:
    smiles = ["c1ccccc1" + "C" * i for i in range(40)] + [f"C{'C' * i}" for i in range(3)]
    smiles += [tail + ring for ring in RINGS[:4] for tail in TAILS]
    for seed in range(5):
        assert set(range(40)) <= set(make_split("balanced", smiles, seed=seed).train)


@pytest.mark.parametrize("n_acyclic", [85, 88, 95])
def test_a_scaffold_larger_than_the_training_part_should_be_is_trained_on(n_acyclic: int) -> None:
    smiles = ["C" * (i + 1) for i in range(n_acyclic)]
    smiles += ["C1" + "C" * (i + 1) + "C1" for i in range(100 - n_acyclic)]
    for seed in range(5):
        split = make_split("balanced", smiles, seed=seed)
        assert set(range(n_acyclic)) <= set(split.train)
        assert abs(len(split.valid) - len(split.test)) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_two_large_scaffolds_leave_the_rest_to_be_judged_by(seed: int) -> None:
    smiles = ["C" * (i + 1) for i in range(60)] + ["c1ccccc1" + "C" * i for i in range(30)]
    smiles += ["C1" + "C" * (i + 1) + "C1" for i in range(10)]
    assert make_split("balanced", smiles, seed=seed).sizes() == {"train": 90, "valid": 5, "test": 5}


def test_an_unknown_split_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="did you mean scaffold"):
        make_split("scafold", MOLECULES)


@pytest.mark.parametrize("fractions", [(0.8, 0.1), (0.8, 0.1, 0.2), (1.2, -0.1, -0.1)])
def test_fractions_are_parts_of_one_whole(fractions: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="add up to 1"):
        make_split("random", MOLECULES, fractions=fractions)


@pytest.mark.parametrize("smiles", [[], ["CC("], ["CC"], ["c1ccccc1"] * 50])
def test_a_table_that_cannot_be_shared_out_is_an_error(smiles: list[str]) -> None:
    with pytest.raises(TableError, match="expected molecules to train and to validate on"):
        make_split("scaffold", smiles)


def test_a_column_names_the_parts_in_any_spelling() -> None:
    split = split_by_column(["Train", "VAL", "test", "validation", " training ", "valid"])
    assert split.names() == ["train", "valid", "test", "valid", "train", "valid"]


def test_a_column_leaves_out_rows_without_a_molecule() -> None:
    split = split_by_column(["train", "train", "valid"], smiles=["CC(", "C", "C"])
    assert split.names() == ["", "train", "valid"]


@pytest.mark.parametrize("value", ["", "holdout", "nan"])
def test_a_column_that_says_something_else_is_an_error_with_its_row(value: str) -> None:
    with pytest.raises(TableError, match=f"got '{value}' in row 1"):
        split_by_column(["train", value, "valid"])


def test_a_column_without_a_validation_part_is_an_error() -> None:
    with pytest.raises(TableError, match="got train 1, valid 0, test 1; fix: name rows"):
        split_by_column(["train", "test"])


@pytest.mark.parametrize("by", ["scaffold", "random"])
def test_folds_test_every_molecule_once(by: str) -> None:
    smiles = MOLECULES + REJECTED
    splits = k_folds(smiles, 4, by=by, seed=1)
    tested = np.concatenate([split.test for split in splits])
    assert sorted(tested.tolist()) == list(range(len(MOLECULES)))
    for split in splits:
        assert sorted(np.concatenate([split.train, split.valid, split.test])) == sorted(tested)


def test_scaffold_folds_keep_scaffolds_together_and_are_even() -> None:
    splits = k_folds(MOLECULES, 4, seed=2)
    scaffolds = [{murcko_scaffold(MOLECULES[row]) for row in split.test} for split in splits]
    assert all(not a & b for a, b in combinations(scaffolds, 2))
    assert max(len(split.test) for split in splits) <= 1.5 * len(MOLECULES) / 4


def test_folds_need_three_and_a_grouping() -> None:
    with pytest.raises(ConfigError, match="at least 3"):
        k_folds(MOLECULES, 2)
    with pytest.raises(UnknownName, match="grouping"):
        k_folds(MOLECULES, 3, by="cluster")
    with pytest.raises(TableError, match="fewer folds than 5"):
        k_folds(["C1CC1", "C1CCC1"], 5)


TASKS = Tasks([Task("active"), Task("logP", TaskKind.REGRESSION)])
LABELS = np.array([[1, 0.5], [0, np.nan], [np.nan, 1.0], [1, 0.0], [1, 2.0]], dtype=np.float32)
SPLIT = Split(np.array([0, 1, 2]), np.array([3]), np.array([4]))


def test_labels_are_counted_by_task_and_part() -> None:
    counts = label_counts(SPLIT, LABELS, TASKS)
    assert counts.loc[("active", "train")].to_dict() == {
        "measured": 2,
        "positives": 1,
        "negatives": 1,
        "missing": 1,
    }
    assert counts.loc[("logP", "train"), "missing"] == 1
    assert pd.isna(counts.loc[("logP", "train"), "positives"])


def test_a_part_without_one_of_the_classes_is_named() -> None:
    assert one_class_parts(SPLIT, LABELS, TASKS) == [
        "active: no negatives in the valid part",
        "active: no negatives in the test part",
    ]


def test_the_split_of_some_rows_counts_by_their_position() -> None:
    split = Split(
        train=np.array([0, 3]), valid=np.array([2]), test=np.array([4]), left_out=np.array([1])
    )
    some = split.among(np.array([4, 3, 1, 0]))
    assert [list(part) for part in (some.train, some.valid, some.test, some.left_out)] == [
        [1, 3], [], [0], [2],
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["random", "balanced"])
@pytest.mark.parametrize("seed", range(5))
def test_rows_of_one_molecule_stand_in_one_part(name: str, seed: int) -> None:
    rings = ["c1ccccc1", "C1CCCCC1", "c1ccncc1", "C1CCNCC1", "c1ccoc1", "C1CC1", "C1CCC1", "CC"]
    smiles = [*rings, *(f"{ring}.[Na+]" for ring in rings), *(f"{ring}C" for ring in rings)]
    molecules = np.array([*range(8), *range(8), *range(8, 16)])
    split = make_split(name, smiles, fractions=(0.6, 0.2, 0.2), seed=seed, molecules=molecules)
    parts = split.names()
    assert set(parts) == {"train", "valid", "test"}
    assert parts[:8] == parts[8:16]


def test_rows_of_one_molecule_stand_in_one_fold() -> None:
    smiles = ["C" * n for n in range(1, 31)]
    molecules = np.arange(30) // 3
    for split in k_folds(smiles, 5, by="random", molecules=molecules):
        parts = np.array(split.names()).reshape(-1, 3)
        assert (parts == parts[:, :1]).all()


def test_joining_a_chain_of_repeats_makes_one_group() -> None:
    groups, molecules = [[0], [1, 2], [3, 4], [5]], np.array([7, 8, 7, 9, 8, 6])
    assert join_repeats(groups, molecules) == [[0, 1, 2, 3, 4], [5]]
    assert join_repeats(groups, None) == groups


@pytest.mark.parametrize("name", ["random", "scaffold", "balanced"])
def test_three_molecules_can_be_trained_on(name: str) -> None:
    split = make_split(name, ["CCO", "c1ccccc1", "C1CC1"])
    assert split.sizes() == {"train": 1, "valid": 1, "test": 1}


@pytest.mark.parametrize("name", ["random", "scaffold", "balanced"])
def test_one_molecule_is_too_few(name: str) -> None:
    with pytest.raises(TableError, match="molecules to train and to validate on"):
        make_split(name, ["CCO"])


def test_the_counts_are_a_table_of_text() -> None:
    tasks = Tasks([Task("NR-AR"), Task("logP", TaskKind.REGRESSION)])
    labels = np.array([[1, 0.5], [0, np.nan], [np.nan, 2.0], [1, 1.0]], dtype=np.float32)
    split = Split(np.array([0, 1]), np.array([2]), np.array([3]))
    heading, *lines = describe_counts(label_counts(split, labels, tasks)).splitlines()
    assert heading.startswith("positives/negatives")
    assert lines[0].split() == ["task", "train", "valid", "test"]
    assert lines[1].split() == ["NR-AR", "1/1", "(0)", "0/0", "(1)", "1/0", "(0)"]
    assert lines[2].split() == ["logP", "1", "(1)", "1", "(0)", "1", "(0)"]


def test_hundreds_of_tasks_are_counted_in_few_lines() -> None:
    tasks = Tasks([Task(f"task {i}") for i in range(100)])
    labels = np.where(np.arange(100) < np.arange(8)[:, None] * 20, np.nan, 1.0)
    split = Split(np.arange(6), np.array([6]), np.array([7]))
    lines = describe_counts(label_counts(split, labels, tasks)).splitlines()
    assert len(lines) == 1 + 1 + 30 + 1
    assert lines[-1] == "… and 70 tasks with more labels than these"
