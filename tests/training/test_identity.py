"""Rows that show the same molecule are found, and contradictions among them named."""

from __future__ import annotations

import numpy as np
import pytest

from molgnn.graph.featurizer import Featurizer
from molgnn.tasks import Task, TaskKind, Tasks
from molgnn.training.identity import describe_repeats, identify

NAN = np.nan


@pytest.mark.parametrize("preset", ["canonical", "attentivefp", "chemprop", "ogb"])
def test_spellings_of_a_molecule_are_one_and_its_isomers_are_others(preset: str) -> None:
    smiles = [
        "C[C@H](N)C(=O)O", "OC(=O)[C@@H](N)C", "C[C@@H](N)C(=O)O",  # alanine twice, its mirror
        "c1ccccc1O", "OC1=CC=CC=C1",  # phenol, aromatic and not
        "CCCO", "CC(C)O", "C/C=C/C", r"C/C=C\C",  # isomers
    ]  # fmt: skip
    molecules, rejected = Featurizer(preset)(smiles)
    assert not rejected
    assert identify(molecules, smiles).tolist() == [0, 0, 2, 3, 3, 5, 6, 7, 8]


def test_nothing_has_no_identity() -> None:
    assert len(identify(Featurizer()([]).molecules, [])) == 0


def test_contradictions_are_named_by_task_and_line() -> None:
    tasks = Tasks([Task("toxic"), Task("logP", TaskKind.REGRESSION), Task("fine")])
    labels = np.array(
        [[1, 2.0, 0], [0, 2.1, NAN], [NAN, 9.0, 1], [1, 2.0, 1], [0, 8.0, 1]], dtype=np.float32
    )
    identities, lines = np.array([0, 0, 2, 3, 3]), [2, 3, 4, 5, 7]
    first, *others = describe_repeats(identities, labels, tasks, lines)
    assert first.startswith("4 rows show 2 molecules more than once")
    assert others == [
        "toxic: 2 molecules are measured as 0 and as 1, in lines 2 and 3; 5 and 7",
        "logP: 1 molecule is measured with values far apart, in lines 5 and 7",
    ]


def test_a_table_without_repeats_has_nothing_to_say() -> None:
    labels = np.zeros((3, 1), dtype=np.float32)
    assert describe_repeats(np.arange(3), labels, Tasks([Task("a")]), [2, 3, 4]) == []
