from __future__ import annotations

from rdkit.Chem import Descriptors

from benchmarks.speed.features import FEATURE_SETS, time_descriptors, time_each, time_sets, to_table


def test_each_set_and_each_descriptor_of_rdkit_is_timed() -> None:
    sets = time_sets(["CCO", "c1ccccc1"], 1)
    assert set(sets) == {"parsing", *FEATURE_SETS}
    descriptors = time_descriptors(["CCO", "[Na+]"], 1)
    assert set(descriptors) == {name for name, _ in Descriptors.descList}
    assert all(value >= 0 for value in [*sets.values(), *descriptors.values()])


def test_the_fastest_of_the_repeats_counts_for_each_molecule() -> None:
    calls = []

    def work(item: int) -> None:
        calls.append(item)
        if len(calls) in (1, 4):  # once for each of the two items
            sum(range(2_000_000))

    assert time_each(work, lambda: iter([0, 1]), 2) < 10_000
    assert calls == [0, 1, 0, 1]


def test_the_table_names_sets_then_the_slowest_descriptors_and_the_targets() -> None:
    record = {
        "machine": {"cpu": "any"},
        "rows": 2000,
        "repeats": 3,
        "us_per_molecule": {
            "sets": {"parsing": 100.0, **dict.fromkeys(FEATURE_SETS, 1000.0)},
            "descriptors": {"qed": 2500.0, "MolLogP": 500.0},
        },
    }
    table = to_table(record)
    assert table.rows[0] == ["parsing", "100"]
    assert table.rows[-2:] == [["RDKit's qed, left out", "2,500"], ["RDKit's MolLogP", "500"]]
    assert table.notes[0] == "rdkit2d: 1 ms (required ≤ 3 ms: met)"
    assert table.notes[1].endswith("6.1 ms (required ≤ 5 ms: missed)")
