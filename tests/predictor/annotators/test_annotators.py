"""Annotators add columns: declared by a model, or asked for."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from molgnn import zoo
from molgnn.errors import ConfigError, MolgnnError, UnknownName
from molgnn.predictor import annotators
from molgnn.predictor.annotators import ANNOTATORS, Annotation, Annotator, ModelFacts, Scored
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.description import read_annotators, read_description
from molgnn.predictor.predictor import Predictor
from molgnn.predictor.schema import OutputColumn, Role

ANY = Annotation("any", {"tasks": ["NR-AR", "SR-p53"], "column": "toxic"})


class Letters(Annotator):
    """Counts the letters of the standardized SMILES; *cells* may be something else."""

    columns = (OutputColumn("letters", Role.PROPERTY, dtype="int64"),)
    cells: Callable[[Scored], Sequence[object]] = staticmethod(
        lambda scored: [np.array([len(text) for text in scored.smiles], dtype=int)]
    )

    def __init__(self, model: ModelFacts) -> None:
        self.tasks = model.tasks

    def annotate(self, scored: Scored) -> Sequence[np.ndarray]:
        assert len(scored) == len(scored.molecules) == len(scored.values)
        assert np.isfinite(scored.values).all()
        return self.cells(scored)


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> type[Letters]:
    monkeypatch.setitem(ANNOTATORS, "letters", Letters)
    return Letters


@pytest.fixture
def declaring(tiny_bundle: Path, tmp_path: Path) -> Path:
    """Return a model that declares an annotator."""
    replace(Bundle.load(tiny_bundle), annotators=(ANY,)).save(tmp_path / "model")
    return tmp_path / "model"


def test_a_new_annotator_is_a_class_and_a_line(letters: type[Letters], tiny_bundle: Path) -> None:
    predictions = Predictor.load(tiny_bundle).predict(["OCC", "no", "C.Cl"], add=["letters"])
    assert predictions.columns.names == ["NR-AR", "SR-p53", "SR-MMP", "letters"]
    assert predictions["letters"].tolist() == [3, None, 1]


def test_what_a_model_declares_is_in_every_prediction(declaring: Path) -> None:
    predictor = Predictor.load(declaring)
    assert predictor.predict("CCO").columns.names == ["NR-AR", "SR-p53", "SR-MMP", "toxic"]
    assert predictor.columns == predictor.predict("CCO").columns
    assert predictor.predict("CCO", add=["max"]).columns.names[3:] == ["toxic", "max"]
    assert predictor.predict("CCO").columns.names[3:] == ["toxic"], "only once"


def test_a_description_tells_the_columns_without_the_members(declaring: Path) -> None:
    made = read_annotators(read_description(declaring), ["max"])
    assert [column.name for each in made for column in each.columns] == ["toxic", "max"]
    assert json.loads((declaring / "bundle.json").read_text())["annotators"] == [
        {"name": "any", "options": {"tasks": ["NR-AR", "SR-p53"], "column": "toxic"}}
    ]


def test_a_model_that_declares_none_says_nothing_of_them(tiny_bundle: Path) -> None:
    assert "annotators" not in read_description(tiny_bundle)


def test_the_card_says_the_rule_of_what_the_model_declares(declaring: Path) -> None:
    for card in (zoo.model_card(declaring), Predictor.load(declaring, add=["max"]).card):
        [rule] = card.outputs
        assert rule.startswith("toxic: probability that at least one of NR-AR, SR-p53 (2)")
        assert rule in str(card)
        assert "not calibrated" in card._repr_html_()


def test_a_model_keeps_what_it_declares_when_it_is_saved_again(
    declaring: Path, tmp_path: Path
) -> None:
    Bundle.load(declaring).save(tmp_path / "again")
    assert read_description(tmp_path / "again") == read_description(declaring)


def test_a_model_cannot_declare_what_does_not_suit_it(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = replace(Bundle.load(tiny_bundle), annotators=(Annotation("spread"),))
    with pytest.raises(ConfigError, match="several members"):
        bundle.save(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_who_asks_twice_gets_it_once(declaring: Path) -> None:
    predictor = Predictor.load(declaring, add=["max", ANY])
    assert predictor.predict("CCO", add=["max"]).columns.names[3:] == ["toxic", "max"]


def test_an_unknown_name_is_answered_with_the_near_ones(tiny_bundle: Path) -> None:
    with pytest.raises(UnknownName, match="unknown column to add 'sprea': did you mean spread"):
        zoo.predict("CCO", tiny_bundle, add=["sprea"])


def test_a_molecule_without_a_finite_prediction_is_not_annotated(
    letters: type[Letters], tiny_bundle: Path
) -> None:
    bundle = Bundle.load(tiny_bundle)
    bundle.networks[0].head.output.bias.data[1] = np.nan
    predictions = Predictor(bundle, add=["letters"]).predict(["CCO", "C"])
    assert predictions["letters"].tolist() == [None, None]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (lambda scored: [], "1 columns but got 0 arrays"),
        (lambda scored: [np.zeros(9, int)], r"1 cells for the column 'letters' .*shape \(9,\)"),
        (lambda scored: [np.zeros(1)], "cells of int64 for the column 'letters' but got float64"),
    ],
)
def test_an_annotator_that_breaks_its_promise_is_told_how(
    letters: type[Letters],
    tiny_bundle: Path,
    cells: object,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "cells", staticmethod(cells))
    with pytest.raises(MolgnnError, match=f"Letters: expected {message}; fix:"):
        zoo.predict("C", tiny_bundle, add=["letters"])


def test_models_with_annotators_pickle_and_copy(declaring: Path) -> None:
    predictor = Predictor.load(declaring)
    expected = predictor.predict(["CCO", "no"]).to_frame()
    for again in (pickle.loads(pickle.dumps(predictor)), deepcopy(predictor)):
        assert again.predict(["CCO", "no"]).to_frame().equals(expected)


def test_every_annotator_is_described_and_made_without_options(tiny_ensemble: Path) -> None:
    facts = Predictor.load(tiny_ensemble)._facts
    for name, kind in ANNOTATORS.items():
        [made] = annotators.make_annotators([name], facts)
        assert type(made) is kind
        assert kind.__doc__
        assert all(column.description for column in made.columns)
        assert pickle.loads(pickle.dumps(made)).columns == made.columns
