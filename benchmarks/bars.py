"""What the figures are held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median

from outputs import Agreement
from race import Entry
from verdicts import Bar

GB = 1e9


def bars_of_race(entries: Mapping[str, Entry], n_rows: int) -> Iterator[Bar]:
    """Yield the ratios of wall times for which both sides took part."""
    seconds = {name: entry.seconds_for(n_rows) for name, entry in entries.items()}

    def fastest(prefix: str) -> float | None:
        return min((s for name, s in seconds.items() if name.startswith(prefix)), default=None)

    dmpnn, chemprop = fastest("molgnn-dmpnn-"), fastest("chemprop")
    if dmpnn and chemprop:
        yield Bar(
            "D-MPNN: times as fast as chemprop's fastest mode", chemprop / dmpnn, 3, 5, "≥", "x"
        )
    mpnn, dgllife = fastest("molgnn-mpnn-"), fastest("dgllife-mpnn")
    if mpnn and dgllife:
        yield Bar("MPNN: times as fast as dgllife", dgllife / mpnn, 15, 25, "≥", "x")
    gcn, floor = seconds.get("molgnn-gcn-2"), seconds.get("floor-2")
    if gcn and floor:
        yield Bar("GCN, 2 workers: times that of parsing alone", gcn / floor, 1.8, 1.3, "≤", "x")


def bars_of_outputs(agreements: Mapping[str, Agreement]) -> Iterator[Bar]:
    """Yield the differences between outputs that should be the same."""
    for name, agreement in agreements.items():
        title = f"{name}: largest difference to dgllife, {agreement.n_compared:,} rows"
        yield Bar(title, agreement.largest_difference, 1e-5, None, "≤", "")


def bars_of_overhead(seconds: Mapping[str, Mapping[str, list[float]]]) -> Iterator[Bar]:
    """Yield the share of a screening's wall time that is not its engine's."""
    for model, timed in seconds.items():
        whole, engine = median(timed["screen"]), median(timed["engine"])
        title = f"{model}, 2 workers: overhead of the wall time"
        yield Bar(title, 100 * (whole - engine) / whole, 10, 5, "≤", "%")


def bars_of_memory(peaks: Mapping[int, int | None]) -> Iterator[Bar]:
    """Yield the highest peak, and by how much the peaks of different sizes differ."""
    known = {n_rows: peak for n_rows, peak in peaks.items() if peak}
    if not known:
        return
    largest = max(known)
    yield Bar(f"peak memory, {largest:,} rows, GB", known[largest] / GB, 2.5, 1.5, "≤", "")
    if len(known) > 1:
        smallest = min(known)
        growth = 100 * abs(known[largest] / known[smallest] - 1)
        title = f"peak memory, {largest:,} rows against {smallest:,}: difference"
        yield Bar(title, growth, 5, None, "≤", "%")
