"""Rounder numbers are faster, and allowed where nobody can see it in a probability."""

from __future__ import annotations

import csv
import gzip
from importlib.resources import files
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from molgnn import zoo
from molgnn.errors import UnknownName
from molgnn.predictor.precision import choose_precision, multiplying_in
from molgnn.predictor.predictor import Predictor
from molgnn.tasks import Task, TaskKind, Tasks


def choose(name: str, by: float, kind: str = "classification", *, gains: bool = True) -> str:
    """Choose for a model whose probabilities depend on the precision by as much as is said."""

    def predict(precision: str, smiles: list[str]) -> np.ndarray:
        values = np.full((len(smiles), 1), 0.5)
        values[-1] += by * (precision == "bf16")
        return values

    return choose_precision(name, Tasks([Task("a", kind=TaskKind(kind))]), predict, gains=gains)


@pytest.mark.parametrize(
    ("by", "kind", "chosen"),
    [
        (0.001, "classification", "bf16"),
        (-0.001, "classification", "bf16"),
        (0.003, "classification", "fp32"),
        (-0.003, "classification", "fp32"),
        (0.0, "regression", "fp32"),
    ],
)
def test_auto_rounds_where_it_moves_little(by: float, kind: str, chosen: str) -> None:
    assert choose("auto", by, kind) == chosen


def test_auto_does_not_round_in_vain() -> None:
    assert choose("auto", by=0.0, gains=False) == "fp32"


@pytest.mark.parametrize("name", ["fp32", "bf16"])
def test_what_is_asked_for_is_not_questioned(name: str) -> None:
    assert choose(name, 1.0) == name


def test_there_is_no_other(tiny_bundle: Path) -> None:
    with pytest.raises(UnknownName, match="fp16"):
        Predictor.load(tiny_bundle, precision="fp16")


@pytest.mark.parametrize(("name", "call"), [("fp32", "highest"), ("bf16", "medium")])
def test_torch_multiplies_as_told_inside_the_block_alone(name: str, call: str) -> None:
    before = torch.get_float32_matmul_precision()
    with multiplying_in(name):
        assert torch.get_float32_matmul_precision() == call
    assert torch.get_float32_matmul_precision() == before


def test_the_probe_is_taken_from_the_approved_drugs(library: Path) -> None:
    with library.open(encoding="utf-8") as file:
        drugs = [row["smiles"] for row in csv.DictReader(file)]
    probe = files("molgnn.predictor").joinpath("probe.smi").read_text().splitlines()
    assert probe == drugs[::26]


def multiply_rounded(states: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Multiply as a processor does that has instructions for bfloat16, which sums in float32."""
    product = states.bfloat16().float() @ weight.bfloat16().float().T
    return product if bias is None else product + bias


@pytest.mark.parametrize("n_mols", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_auto_moves_none_of_many_by_more_than_half_a_percent(
    shared_data: Path, n_mols: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gzip.open(shared_data / "libraries/chembl_mix.csv.gz", "rt") as file:
        smiles = [row["smiles"] for row in islice(csv.DictReader(file), n_mols)]
    exact = zoo.load("tox21").predict(smiles).values
    monkeypatch.setattr(functional, "linear", multiply_rounded)
    rounded = zoo.load("tox21").predict(smiles).values
    moved = np.abs(exact - rounded)
    assert 0 < np.nanmax(moved) <= 0.005
    monkeypatch.undo()
    np.testing.assert_allclose(
        zoo.load("tox21", precision="auto").predict(smiles).values, exact, atol=0.005
    )
