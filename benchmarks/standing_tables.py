"""The standings as tables: on the screen, and as the documents show them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from standings import OURS, PEERS, Standing, bars_of_accuracy, wins
from verdicts import bar_table

WIDTH = 150
CAPTION = (
    "ROC-AUC, mean over the tasks; RMSE for esol, freesolv and lipo. In brackets the number of "
    "seeds. Differences are of equal seeds, and positive where the D-MPNN is better."
)


def show(standings: Sequence[Standing]) -> None:
    """Print one row per case, one column per model, and how ours compares with its peers."""
    header, *rows = _cells(standings)
    table = Table(title="Test figures, mean ± deviation over seeds", caption=CAPTION)
    table.add_column(header[0])
    for title in header[1:]:
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(*row)
    table.add_section()
    for row in _foot(standings):
        table.add_row(*row)
    console = Console(width=WIDTH)
    console.print(table)
    bars = list(bars_of_accuracy(standings))
    if bars:
        console.print(bar_table(bars))


def rows_of(standings: Sequence[Standing]) -> list[list[str]]:
    """Return the same table as cells, its headings first."""
    return [*_cells(standings), *_foot(standings)]


def _cells(standings: Sequence[Standing]) -> Iterator[list[str]]:
    models, peers = _columns(standings)
    yield ["case", *models, *(f"{OURS} less {peer}" for peer in peers)]
    for standing in standings:
        figures = [standing.spread(model).describe() for model in models]
        gaps = [standing.gap(OURS, peer).describe(signed=True) for peer in peers]
        yield [standing.case, *figures, *gaps]


def _foot(standings: Sequence[Standing]) -> Iterator[list[str]]:
    models, peers = _columns(standings)
    empty = [""] * len(peers)
    seconds = [[s.seconds(model) for s in standings if model in s.models] for model in models]
    yield ["seconds, summed (cases)", *(f"{sum(own):.0f} ({len(own)})" for own in seconds), *empty]
    peaks = [[s.peak_bytes(model) for s in standings if model in s.models] for model in models]
    yield ["GB, the most of any case", *(f"{_largest(own) / 1e9:.2f}" for own in peaks), *empty]
    if peers:
        won = [f"{n} of {of}" for n, of in (wins(standings, peer) for peer in peers)]
        yield [f"{OURS} ahead, data sets beside Tox21", *[""] * len(models), *won]


def _largest(values: Sequence[float]) -> float:
    return max((value for value in values if not math.isnan(value)), default=math.nan)


def _columns(standings: Sequence[Standing]) -> tuple[list[str], list[str]]:
    """Return who took part in any case, and with whom ours can be compared."""
    models = list(dict.fromkeys(model for standing in standings for model in standing.models))
    return models, [peer for peer in PEERS if {peer, OURS} <= set(models)]
