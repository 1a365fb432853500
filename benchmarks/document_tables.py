"""The documents' tables, from the JSON that accuracy.py and training.py write.

``python benchmarks/document_tables.py benchmarks/results/accuracy.json``
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import typer
from scores import Score
from standing_tables import rows_of
from standings import rank
from verdicts import HEADINGS, Bar


def describe(record: Mapping[str, Any]) -> str:
    """Return the figures of one JSON, then how they stand against their bars."""
    tables = []
    if "scores" in record:
        tables.append(rows_of(rank([Score.from_json(score) for score in record["scores"]])))
    if record.get("epochs"):
        tables.append([*_epoch_rows(record["epochs"])])
    if record["bars"]:
        tables.append([list(HEADINGS), *(Bar.from_json(bar).cells() for bar in record["bars"])])
    return "\n".join(map(to_markdown, tables))


def to_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first row is its headings and whose first column is text."""
    header, *body = rows
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (header, rule, *body))


def _epoch_rows(epochs: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["trainer", "epochs", "s per epoch", "long run, s", "GB"]
    for course in epochs.values():
        runs = [pair["long"] for pair in course["runs"]]
        seconds = f"{course['seconds_per_epoch']:.2f}" if course["is_resolved"] else ""
        peaks = [run["peak_bytes"] for run in runs if run["peak_bytes"] is not None]
        peak = f"{median(peaks) / 1e9:.2f}" if peaks else ""
        whole = f"{median(run['seconds'] for run in runs):.1f}"
        yield [course["title"], ", ".join(map(str, course["n_epochs"])), seconds, whole, peak]


def main(paths: list[Path]) -> None:
    """Print the tables of some JSON files."""
    print("\n".join(describe(json.loads(path.read_text(encoding="utf-8"))) for path in paths))


if __name__ == "__main__":
    typer.run(main)
