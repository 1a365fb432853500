"""The bundled models: found by name, whole to the byte, honest on their cards, and sane."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

import molgnn
from molgnn.errors import BundleError, UnknownName
from molgnn.zoo import catalogue
from molgnn.zoo.catalogue import WEIGHTS_FOLDER, entries
from molgnn.zoo.store import resolve, verify
from molgnn.zoo.tox21 import TOX21

MODELS = ["dmpnn.tox21", "gcn.tox21", "mpnn.tox21"]
ENCODERS = ["dmpnn.chembl"]
ESTRADIOL = "C[C@]12CC[C@H]3[C@@H](CCc4cc(O)ccc43)[C@@H]1CC[C@@H]2O"
TESTOSTERONE = "C[C@]12CC[C@H]3[C@@H](CCC4=CC(=O)CC[C@@]43C)[C@@H]1CC[C@@H]2O"
BENZOPYRENE = "c1ccc2c(c1)cc1ccc3cccc4ccc2c1c34"
GLUCOSE = "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O"


@pytest.fixture
def copied_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the weights that a test may spoil."""
    monkeypatch.setattr(catalogue, "WEIGHTS_FOLDER", tmp_path / "weights")
    return Path(shutil.copytree(WEIGHTS_FOLDER, tmp_path / "weights"))


def test_the_catalogue_is_what_ships() -> None:
    assert sorted(entries()) == sorted([*MODELS, *ENCODERS])
    assert sorted(folder.name for folder in WEIGHTS_FOLDER.iterdir()) == sorted(entries())


def test_all_weights_together_stay_small() -> None:
    assert sum(p.stat().st_size for p in WEIGHTS_FOLDER.rglob("*") if p.is_file()) < 40e6


@pytest.mark.parametrize("name", [*MODELS, *ENCODERS])
def test_a_model_is_whole(name: str) -> None:
    verify(name)


@pytest.mark.parametrize("file", ["bundle.json", "weights.safetensors"])
def test_a_changed_byte_is_found(copied_zoo: Path, file: str) -> None:
    path = copied_zoo / "gcn.tox21" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(BundleError, match=file):
        verify("gcn.tox21")


def test_another_model_under_the_name_is_found(copied_zoo: Path) -> None:
    shutil.rmtree(copied_zoo / "gcn.tox21")
    shutil.copytree(copied_zoo / "mpnn.tox21", copied_zoo / "gcn.tox21")
    with pytest.raises(BundleError, match=r"expected gcn\.tox21 with sha256"):
        verify("gcn.tox21")


def test_the_short_name_is_the_best_models() -> None:
    assert resolve("tox21") == resolve("dmpnn.tox21")


@pytest.mark.parametrize(
    ("name", "near"),
    [("tox12", "tox21"), ("dmpn.tox21", "dmpnn.tox21"), ("GCN.tox21", "gcn.tox21")],
)
def test_an_unknown_name_is_answered_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(UnknownName, match=f"did you mean .*{re.escape(near)}"):
        molgnn.load(name)


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"holds no bundle\.json"):
        molgnn.load(tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_predicts_the_twelve_assays(name: str) -> None:
    model = molgnn.load(name)
    assert model.tasks == TOX21
    assert model.predict([ESTRADIOL, "[Na+].[Cl-]", "*C"]).ok.tolist() == [True, True, False]


@pytest.mark.parametrize("name", MODELS)
def test_known_actives_stand_above_sugar(name: str) -> None:
    frame = molgnn.load(name).predict([ESTRADIOL, TESTOSTERONE, BENZOPYRENE, GLUCOSE]).to_frame()
    estradiol, testosterone, benzopyrene, glucose = (row for _, row in frame.iterrows())
    assert estradiol["NR-ER"] > 0.5 > glucose["NR-ER"]
    assert testosterone["NR-AR"] > 0.5 > glucose["NR-AR"]
    assert benzopyrene["NR-AhR"] > 0.5 > glucose["NR-AhR"]
    assert (frame.loc[glucose.name, TOX21.names] < 0.2).all()


@pytest.mark.parametrize("name", MODELS)
def test_every_figure_of_a_card_has_its_split_its_seeds_and_a_forest(name: str) -> None:
    card = molgnn.model_card(name)
    assert card.name == name
    assert {(f.split, f.metric) for f in card.figures} == {
        (split, metric)
        for split in ("KPGT scaffold split 0", "Murcko scaffold split")
        for metric in ("ROC-AUC", "PR-AUC")
    }
    for figure in card.figures:
        assert figure.seeds == (0, 1, 2)
        assert figure.n_tasks == 12
        assert figure.deviation is not None
        assert figure.random_forest is not None
    assert card.limits
    assert card.licence
    assert card.citation


def test_the_readme_shows_the_cards_figures() -> None:
    readme = (Path(molgnn.__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    for name in MODELS:
        [line] = [line for line in readme.splitlines() if line.startswith(f"| `{name}`")]
        shown = [
            f"{f.value:.3f} ± {f.deviation:.3f}"
            for f in molgnn.model_card(name).figures
            if f.metric == "ROC-AUC"
        ]
        assert all(figure in line for figure in shown), f"{line} lacks one of {shown}"


def test_one_line_predicts() -> None:
    frame = molgnn.predict(["CCO", "not a molecule"]).to_frame()
    assert list(frame["status"]) == ["ok", "rejected"]


def test_the_list_shows_names_and_figures() -> None:
    models = molgnn.list_models()
    assert list(models.index) == sorted([*MODELS, *ENCODERS])
    assert models.loc["dmpnn.tox21", "aliases"] == "tox21"
    assert pd.api.types.is_float_dtype(models["ROC-AUC, Murcko scaffold split"])
