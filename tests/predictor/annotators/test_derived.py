"""Derived outputs: one number from several probabilities, with its rule written down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from molgnn.errors import ConfigError, UnknownName
from molgnn.predictor.annotators import Annotation, ModelFacts, make_annotators
from molgnn.predictor.predictor import Predictor
from molgnn.predictor.schema import Role
from molgnn.tasks import Task, TaskKind, Tasks

MOLECULES = ["CCO", "c1ccccc1O", "no", "CC(=O)Oc1ccccc1C(=O)O"]


@pytest.fixture(scope="module")
def predictor(tiny_bundle: Path) -> Predictor:
    return Predictor.load(tiny_bundle)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("any", lambda p: 1 - (1 - p).prod(axis=1)),
        ("mean", lambda p: p.mean(axis=1)),
        ("max", lambda p: p.max(axis=1)),
    ],
)
def test_it_is_what_its_rule_says_of_all_tasks_or_of_those_named(
    predictor: Predictor, name: str, rule: object
) -> None:
    named = Annotation(name, {"tasks": ["NR-AR", "SR-MMP"], "column": "of two"})
    predictions = predictor.predict(MOLECULES, add=[name, named])
    np.testing.assert_allclose(predictions[name], rule(predictions.values), rtol=1e-6)
    np.testing.assert_allclose(
        predictions["of two"], rule(predictions.values[:, [0, 2]]), rtol=1e-6
    )
    assert np.isnan(predictions[name][2])


@pytest.mark.parametrize(
    ("name", "rule", "caution"),
    [
        ("any", "1 - product of (1 - p)", "only if the tasks were independent"),
        ("mean", "mean of the probabilities", "not the probability of any one event"),
        ("max", "largest of the probabilities", "not that probability itself"),
    ],
)
def test_its_column_says_the_rule_and_what_it_is_not(
    predictor: Predictor, name: str, rule: str, caution: str
) -> None:
    column = predictor.with_added([name]).columns[name]
    assert column.role is Role.PROBABILITY
    assert rule in column.description
    assert caution in column.description
    assert "all tasks (3)" in column.description


def test_a_bound_holds_for_any_dependence(predictor: Predictor) -> None:
    predictions = predictor.predict(MOLECULES, add=["any", "mean", "max"])[np.array([0, 1, 3])]
    assert (predictions["mean"] <= predictions["max"]).all()
    assert (predictions["max"] <= predictions["any"]).all()


def test_a_molecule_has_the_same_bits_whatever_stands_beside_it(predictor: Predictor) -> None:
    names = ["any", "mean", "max"]
    values = np.random.default_rng(0).random((50, 3), dtype=np.float32)
    for annotator in make_annotators(names, ModelFacts(predictor.tasks, 1)):
        columns = values.astype(np.float64).T
        together = annotator.combine(list(columns))
        alone = [annotator.combine(list(columns[:, [mol]]))[0] for mol in range(50)]
        assert together.tolist() == alone


MIXED = Tasks([Task("a"), Task("b"), Task("logS", TaskKind.REGRESSION)])


def test_regressions_are_left_out_unless_they_are_asked_for_which_is_refused() -> None:
    [annotator] = make_annotators(["any"], ModelFacts(MIXED, 1))
    assert "all classification tasks (2)" in annotator.columns[0].description
    with pytest.raises(ConfigError, match=r"classification tasks .* logS \(regression\); fix:"):
        make_annotators([Annotation("any", {"tasks": ["a", "logS"]})], ModelFacts(MIXED, 1))
    with pytest.raises(ConfigError, match="expected classification tasks"):
        make_annotators(["max"], ModelFacts(Tasks([MIXED[2]]), 1))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"tasks": ["c"]}, UnknownName, "unknown task 'c'"),
        ({"tasks": "a"}, ConfigError, r"a list of names but got 'a'; fix: \['a'\]"),
        ({"taks": ["a"]}, UnknownName, "unknown option of any 'taks': did you mean tasks"),
        ({"column": "b"}, ConfigError, "each output column once but got b again"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make_annotators([Annotation("any", options)], ModelFacts(MIXED, 1))
