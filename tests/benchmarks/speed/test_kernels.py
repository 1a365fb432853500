"""The measured choice between DGL's kernels and PyTorch's is that of every primitive."""

from __future__ import annotations

import pytest

from benchmarks.speed import kernels
from molgnn.graph.featurizer import Featurizer
from molgnn.nn.message_passing import KERNELS


def case(primitive: str, mode: str, torch: float, dgl: float) -> dict[str, object]:
    return {"primitive": primitive, "mode": mode, "batch": "", "torch": torch, "dgl": dgl}


@pytest.fixture(scope="module")
def cases() -> list[kernels.Case]:
    molecules = Featurizer()(["CC(=O)Oc1ccccc1C(=O)O", "CCO", "c1ccncc1"] * 400).molecules
    return [
        each
        for each in kernels.make_cases(molecules)
        if "width 64" in each.batch or "width 4" in each.batch
    ]


def test_every_primitive_is_measured_in_both_modes(cases: list[kernels.Case]) -> None:
    measured = {(each.primitive, each.mode) for each in cases}
    assert measured == {(name, mode) for name in KERNELS for mode in kernels.N_MOLS}


def test_both_libraries_are_timed(cases: list[kernels.Case]) -> None:
    figures = kernels.measure(cases[0], repeats=1)
    assert set(figures) == {"torch", "dgl"}
    assert min(figures.values()) > 0


def test_dgl_is_chosen_up_to_five_per_cent_over_the_mean_of_all_cases() -> None:
    cases = [
        case("a", "training", 1.0, 2.0),
        case("a", "training", 2.0, 1.04),
        case("a", "inference", 1.0, 1.04),
        case("b", "inference", 1.0, 1.06),
    ]
    assert kernels.choose(cases) == {
        "a": {"training": "dgl", "inference": "dgl"},
        "b": {"inference": "torch"},
    }
