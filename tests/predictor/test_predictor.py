"""Prediction gives one row per molecule, in order, whatever was given."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from molgnn.chem.parsing import why_rejected
from molgnn.chem.records import Stage
from molgnn.errors import BundleError, ConfigError, UnknownName
from molgnn.graph.dgl_graphs import to_dgl
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.members import run_members
from molgnn.predictor.predictor import CHUNK_MOLS, Predictor


@pytest.fixture(scope="module")
def predictor(tiny_bundle: Path) -> Predictor:
    return Predictor.load(tiny_bundle)


def test_every_molecule_given_is_a_row(predictor: Predictor) -> None:
    predictions = predictor.predict(["CCO", "c1cccc1", "", "*C", "C"])
    assert list(predictions.ok) == [True, False, False, False, True]
    assert np.isnan(predictions.values[~predictions.ok]).all()
    assert not np.isnan(predictions.values[predictions.ok]).any()
    assert [predictions.rejected[i].kind for i in (1, 2, 3)] == [
        "cannot kekulize",
        "empty SMILES",
        "dummy atom",
    ]


def test_probabilities_lie_between_0_and_1(predictor: Predictor) -> None:
    values = predictor.predict(["CCO", "CCN", "[Na+].[Cl-]"]).values
    assert ((values > 0) & (values < 1)).all()


@pytest.mark.parametrize(
    "molecules",
    [
        ["CCO", "CCN"],
        ("CCO", "CCN"),
        pd.Series(["CCO", "CCN"]),
        np.array(["CCO", "CCN"]),
        [Chem.MolFromSmiles("CCO"), Chem.MolFromSmiles("CCN")],
        (text for text in ["CCO", "CCN"]),
    ],
    ids=["list", "tuple", "series", "array", "mols", "generator"],
)
def test_any_collection_of_molecules_will_do(predictor: Predictor, molecules: object) -> None:
    expected = predictor.predict(["CCO", "CCN"]).values
    np.testing.assert_array_equal(predictor.predict(molecules).values, expected)


@pytest.mark.parametrize("molecule", ["CCO", Chem.MolFromSmiles("CCO")], ids=["smiles", "mol"])
def test_a_single_molecule_will_do(predictor: Predictor, molecule: object) -> None:
    predictions = predictor.predict(molecule)
    assert len(predictions) == 1
    np.testing.assert_array_equal(predictions.values, predictor.predict(["CCO"]).values)


@pytest.mark.parametrize("gap", [None, float("nan"), pd.NA, ""])
def test_a_gap_is_a_rejected_row(predictor: Predictor, gap: object) -> None:
    predictions = predictor.predict(["CCO", gap])
    assert predictions.rejected[1].kind == "empty SMILES"


def test_an_output_that_is_no_number_is_a_rejected_row(tiny_bundle: Path) -> None:
    bundle = Bundle.load(tiny_bundle)
    bundle.networks[0].head.output.bias.data[1] = np.nan
    predictor = Predictor(bundle)
    predictions = predictor.predict(["bad", "CCO"])
    assert np.isnan(predictions.values).all()
    assert predictions.rejected[1].stage is Stage.PREDICT
    assert predictions.rejected[1].reason == "no number: the model's output is not finite"
    assert list(predictions.to_frame()["status"]) == ["rejected", "rejected"]


@pytest.mark.parametrize(
    "table", [pd.DataFrame({"smiles": ["C"]}), {"smiles": ["C"]}], ids=["frame", "dict"]
)
def test_a_table_is_no_column_of_molecules(predictor: Predictor, table: object) -> None:
    with pytest.raises(ConfigError, match=r"fix: predict\(df\['smiles'\]\)"):
        predictor.predict(table)  # type: ignore[arg-type]


def test_a_model_is_found_in_the_run_folder_of_a_training(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_bundle, tmp_path / "run" / "model")
    assert Predictor.load(tmp_path / "run").card == Predictor.load(tiny_bundle).card
    with pytest.raises(BundleError, match=r"holds no bundle\.json"):
        Predictor.load(tmp_path)


@pytest.mark.parametrize("device", ["abacus", "cuda:99"])
def test_a_device_that_is_not_there_is_refused(tiny_bundle: Path, device: str) -> None:
    with pytest.raises(ConfigError, match=f"got '{device}'"):
        Predictor.load(tiny_bundle, device=device)


def test_a_series_keeps_its_index(predictor: Predictor) -> None:
    series = pd.Series(["CCO", "bad"], index=["ethanol", "typo"])
    frame = predictor.predict(series).to_frame()
    assert list(frame.index) == ["ethanol", "typo"]
    assert list(frame.columns) == ["smiles", "status", "reason", "NR-AR", "SR-p53", "SR-MMP"]
    assert list(frame["status"]) == ["ok", "rejected"]


def test_nothing_in_nothing_out(predictor: Predictor) -> None:
    predictions = predictor.predict([])
    assert predictions.values.shape == (0, 3)
    assert predictions.to_frame().empty


def test_company_does_not_change_a_prediction(predictor: Predictor, library: Path) -> None:
    smiles = list(pd.read_csv(library)["smiles"][:300])
    together = predictor.predict(smiles).values
    alone = np.concatenate([predictor.predict(text).values for text in smiles[::50]])
    np.testing.assert_allclose(together[::50], alone, atol=1e-6)


def test_more_rows_than_a_chunk_stay_in_order(predictor: Predictor) -> None:
    smiles = ["CCO", "bad", "c1ccccc1"] * (CHUNK_MOLS // 3 + 10)
    predictions = predictor.predict(smiles)
    np.testing.assert_allclose(
        predictions.values, np.tile(predictions.values[:3], (len(smiles) // 3, 1)), atol=1e-6
    )
    assert set(predictions.rejected) == set(range(1, len(smiles), 3))
    assert all(predictions.rejected[row].row == row for row in predictions.rejected)


def test_a_salt_scores_as_its_parent(predictor: Predictor) -> None:
    salt, parent = predictor.predict(["CC[NH2+]C.[Cl-]", "CCNC"]).values
    np.testing.assert_allclose(salt, parent, atol=1e-6)


def test_a_column_is_found_by_its_task(predictor: Predictor) -> None:
    predictions = predictor.predict(["CCO", "CCN"])
    np.testing.assert_array_equal(predictions["SR-p53"], predictions.values[:, 1])
    with pytest.raises(UnknownName, match="did you mean SR-p53"):
        predictions["SR-p35"]


def test_the_notebook_sees_a_table_with_reasons_and_no_markup_of_the_input(
    predictor: Predictor,
) -> None:
    labels = ["<b>ethanol</b>", "typo"] * 15
    series = pd.Series(["CCO", "<script>alert(1)</script>"] * 15, index=labels)
    html = predictor.predict(series)._repr_html_()
    assert "15 of 30 molecules scored" in html
    assert "rejected: invalid SMILES" in html
    assert "&lt;b&gt;ethanol" in html
    assert "<script>" not in html
    assert "<b>" not in html
    assert "10 more rows" in html


def test_the_notebook_sees_a_long_smiles_cut_short_and_whole_when_pointed_at(
    predictor: Predictor,
) -> None:
    html = predictor.predict("C" * 60)._repr_html_()
    assert f"title='{'C' * 60}'" in html
    assert f">{'C' * 39}…<" in html


def test_the_text_says_what_was_scored(predictor: Predictor) -> None:
    text = repr(predictor.predict(["CCO", ""]))
    assert "1 of 2 molecules scored; rejected: 1 empty SMILES" in text


def test_large_molecules_come_in_smaller_batches_with_the_same_results(
    predictor: Predictor, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drugs = pd.read_csv(library).smiles[:100]
    expected = predictor.predict(drugs).values
    for most_atoms in (1, 200):
        monkeypatch.setattr("molgnn.predictor.networks.BATCH_ATOMS", most_atoms)
        np.testing.assert_allclose(predictor.predict(drugs).values, expected, atol=1e-6)


def test_the_reason_of_a_rejected_salt_names_a_place_in_its_own_text(predictor: Predictor) -> None:
    text = "[Na+].[Cl-].CC(C"
    assert predictor.predict([text]).rejected[0].reason == why_rejected(text)


def test_equal_structures_are_computed_once_and_answered_each(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["CCO", "no", "CCO", "CCN.Cl", "CCO.Cl", "no", ""]
    n_computed: list[int] = []
    run = "molgnn.predictor.predictor.run_members"
    monkeypatch.setattr(
        run,
        lambda members, molecules, *rest: (
            n_computed.append(len(molecules)) or run_members(members, molecules, *rest)
        ),
    )
    together = predictor.predict(texts)
    assert n_computed == [2]
    assert together.ok.tolist() == [True, False, True, True, True, False, False]
    assert [why.row for why in together.rejected.values()] == [1, 5, 6]
    for row, text in enumerate(texts):
        np.testing.assert_allclose(
            together.values[row], predictor.predict([text]).values[0], atol=1e-6
        )


GIVEN = ["CCO", "[Na+].[Cl-]", "c1ccccc1C(=O)[O-].[Na+]", "C"]


def graphs_for(predictor: Predictor, smiles: list[str], *, unbatch: bool = False) -> Any:
    preset, standardizer = predictor.preset, predictor.standardizer
    return to_dgl(
        smiles,
        preset,
        standardizer=standardizer,
        invalid="empty",
        unbatch=unbatch,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize("unbatch", [False, True], ids=["a batched graph", "a list of graphs"])
def test_graphs_of_dgl_are_predicted_like_their_smiles(predictor: Predictor, unbatch: bool) -> None:
    by_smiles = predictor.predict(GIVEN)
    by_graph = predictor.predict(graphs_for(predictor, GIVEN, unbatch=unbatch))
    np.testing.assert_allclose(by_graph.values, by_smiles.values, atol=1e-6)
    assert by_graph.smiles == ("",) * len(GIVEN)


def test_a_graph_without_nodes_is_a_rejected_row(predictor: Predictor) -> None:
    predictions = predictor.predict(graphs_for(predictor, ["CCO", "c1cccc1", "C"]))
    assert predictions.ok.tolist() == [True, False, True]
    assert predictions.rejected[1].kind == "empty graph"


def test_graphs_of_another_preset_are_answered_with_the_right_one(predictor: Predictor) -> None:
    with pytest.raises(ConfigError, match=r"preset 'chemprop' but .* fix: molgnn\.to_dgl"):
        predictor.predict(to_dgl("CCO", "canonical"))


def test_it_shows_itself_in_a_line_and_in_a_notebook_with_its_card(predictor: Predictor) -> None:
    assert repr(predictor) == "Predictor(dmpnn.tiny: 3 columns, 1 network on cpu)"
    assert "nothing, as it was never trained" in predictor._repr_html_()
