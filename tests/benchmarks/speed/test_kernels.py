from __future__ import annotations

from benchmarks.speed.kernels import N_MOLS, choose, make_cases, mean_ratio, measure
from molgnn import Featurizer
from molgnn.nn.message_passing import KERNELS


def cases(ratios: list[float]) -> list[dict[str, str | float]]:
    return [
        {"primitive": primitive, "mode": mode, "torch": 10.0, "dgl": 10.0 * ratio}
        for primitive in KERNELS
        for mode in N_MOLS
        for ratio in ratios
    ]


def test_dgl_is_chosen_where_its_geometric_mean_is_at_most_5_percent_longer() -> None:
    assert round(mean_ratio(cases([0.5, 2.0]), "sum_messages", "training"), 9) == 1.0
    for ratio, library in ((1.04, "dgl"), (1.06, "torch")):
        chosen = choose(cases([ratio]))
        assert {name for each in chosen.values() for name in each.values()} == {library}


def test_every_primitive_is_timed_by_both_libraries_in_both_modes() -> None:
    molecules = Featurizer()(["CCO", "c1ccccc1O"]).molecules
    found = list(make_cases(molecules, dict.fromkeys(N_MOLS, (2,))))
    assert {(case.primitive, case.mode) for case in found} == {
        (primitive, mode) for primitive in KERNELS for mode in N_MOLS
    }
    times = measure(found[0], repeats=1)
    assert set(times) == {"torch", "dgl"}
    assert all(value > 0 for value in times.values())
