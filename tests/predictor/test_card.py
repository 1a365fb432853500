"""A card says where a model comes from, how good it is, and its limits."""

from __future__ import annotations

from molgnn.predictor.card import Card, Figure

FIGURE = Figure(
    data="Tox21", split="scaffold split", metric="ROC-AUC", n_tasks=12, seeds=(0, 1, 2),
    value=0.7812, deviation=0.0041, random_forest=0.7701,
)  # fmt: skip
CARD = Card(
    name="gcn.test", summary="odds & ends", data="a <table>", figures=(FIGURE,), limits=("a", "b")
)


def test_a_figure_names_data_split_seeds_and_the_forest() -> None:
    assert str(FIGURE) == (
        "ROC-AUC 0.781 ± 0.004 on Tox21, scaffold split, mean of 12 tasks, seeds 0, 1, 2; "
        "random forest 0.770"
    )


def test_the_text_leaves_out_what_is_empty() -> None:
    lines = str(CARD).splitlines()
    assert [line[:9].strip() for line in lines] == [
        "model", "predicts", "data", "test", "leakage", "limits", "",
    ]  # fmt: skip


def test_the_notebook_sees_it_escaped() -> None:
    html = CARD._repr_html_()
    assert "odds &amp; ends" in html
    assert "a &lt;table&gt;" in html


def test_it_survives_json() -> None:
    assert Card.model_validate_json(CARD.model_dump_json()) == CARD
