"""A leakage statement is numbers in the card's JSON and plain words wherever the card is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from molgnn.predictor.bundle import Bundle
from molgnn.predictor.card import Card
from molgnn.predictor.leakage import ExcludedFile, Leakage, SplitLeakage

OLD_BUNDLE = Path(__file__).parent / "bundles" / "format1_standardizer1"
FILE = ExcludedFile(file="out.txt", sha256="a1" * 32, molecules=807, left_out={}, tested=0)
IN = "in the training or validation part (salts, stereoisomers, isotopes and tautomers counted)"


def leakage(*counts: tuple[int, int]) -> Leakage:
    splits = (
        SplitLeakage(split=f"fold {i}", test_molecules=n, in_training=known)
        for i, (n, known) in enumerate(counts)
    )
    return Leakage(splits=tuple(splits))


@pytest.mark.parametrize(
    ("left_out", "tested", "said"),
    [
        ({}, 0, "leaves out nothing"),
        ({"table": 60}, 0, "leaves out 60 rows of the table"),
        ({"valid": 1}, 0, "leaves out 1 row of the valid part"),
        (
            {"train": 1048, "valid": 5},
            12,
            "leaves out 1,048 rows of the train and 5 rows of the valid part; it leaves 12 rows in "
            "the test part",
        ),
    ],
)
def test_a_file_says_how_many_rows_it_leaves_out_of_which_part(
    left_out: dict[str, int], tested: int, said: str
) -> None:
    file = FILE.model_copy(update={"left_out": left_out, "tested": tested})
    assert str(file) == f"out.txt (807 molecules) {said}"


def test_one_split_is_told_by_its_count_and_several_by_those_that_leak() -> None:
    assert leakage((784, 3)).sentences() == [f"3 of 784 test molecules are {IN}"]
    assert leakage((40, 0), (40, 0)).sentences() == [f"0 of 80 test molecules are {IN}"]
    [text] = leakage((40, 0), (41, 2)).sentences()
    assert text.endswith("(fold 1: 2 of 41)")
    [text] = leakage(*[(9, 1)] * 7).sentences()
    assert text.endswith("fold 4: 1 of 9 and 2 more splits)")
    assert leakage((0, 0)).sentences() == ["no molecules were tested"]


def test_the_card_shows_it_in_its_text_in_the_notebook_and_as_json() -> None:
    statement = leakage((784, 0)).model_copy(update={"excluded": (FILE,)})
    card = Card(name="gcn.mine", summary="", data="", leakage=statement)
    for shown in (str(card), card._repr_html_()):
        assert all(sentence in shown for sentence in statement.sentences())
    assert Card.model_validate_json(card.model_dump_json()) == card


def test_a_bundle_made_before_says_that_it_was_not_computed() -> None:
    card = Bundle.load(OLD_BUNDLE).card
    assert card.leakage is None
    assert "leakage   not computed when this model was made" in str(card)
