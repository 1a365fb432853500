"""What was measured of each model on each case: means over seeds, and differences seed by seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

from cases import Case
from machine import describe_machine, installed_versions
from measure import Run
from rich.console import Console
from rich.table import Table

OURS, PEERS = "dmpnn", ("chemprop", "forest")


@dataclass(frozen=True, slots=True)
class Score:
    """One model, trained with one seed, on the test rows of one case.

    Parameters
    ----------
    dataset, split, model, seed
        What it is of.
    metric
        What the case is judged by.
    run
        What the training cost.
    figures
        All metrics of all tasks, and their means.
    """

    dataset: str
    split: str
    model: str
    seed: int
    metric: str
    run: Run
    figures: dict[str, Any]

    @property
    def case(self) -> str:
        """The data set and its split."""
        return f"{self.dataset}/{self.split}"

    @property
    def value(self) -> float:
        """The mean over the tasks."""
        return float(self.figures["mean"][self.metric]["value"])

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "run": asdict(self.run)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Score:
        """Rebuild what `to_json` gave."""
        return cls(**{**record, "run": Run(**record["run"])})


def collect(folder: Path, cases: Sequence[Case], models: Sequence[str]) -> list[Score]:
    """Return the scores of these models on these cases, case by case."""
    found = [Score.from_json(json.loads(path.read_text())) for path in folder.glob("*.json")]
    order = [f"{case.dataset}/{case.split}" for case in cases]
    kept = [score for score in found if score.case in order and score.model in models]
    place = {name: i for i, name in enumerate(models)}
    return sorted(kept, key=lambda s: (order.index(s.case), place[s.model], s.seed))


def differences(scores: Sequence[Score], ours: str, theirs: str) -> list[float]:
    """Return by how much one model is better than another, for each seed that both have.

    A smaller error is better, so that of regressions has its sign turned.
    """
    of = {(score.model, score.seed): score.value for score in scores}
    sign = -1 if scores and scores[0].metric == "rmse" else 1
    both = [seed for model, seed in of if model == ours and (theirs, seed) in of]
    return [sign * (of[ours, seed] - of[theirs, seed]) for seed in both]


def show(scores: Sequence[Score]) -> None:
    """Print one row per case, one column per model, and how ours compares with its peers."""
    models = list(dict.fromkeys(score.model for score in scores))
    table = Table(
        title="Test figures, mean ± deviation over seeds",
        caption="ROC-AUC, mean over the tasks; RMSE for esol, freesolv and lipo. In brackets the "
        "number of seeds. Differences are positive where the D-MPNN is better.",
    )
    table.add_column("case")
    for title in (*models, *(f"{OURS} less {peer}" for peer in PEERS)):
        table.add_column(title, justify="right")
    for case, own in by_case(scores):
        cells = [summary([s.value for s in own if s.model == model]) for model in models]
        gaps = [summary(differences(own, OURS, peer), signed=True) for peer in PEERS]
        table.add_row(case, *cells, *gaps)
    costs = [cost([score for score in scores if score.model == model]) for model in models]
    table.add_section()
    table.add_row("seconds (sum of medians)", *costs, *[""] * len(PEERS))
    Console(width=150).print(table)


def by_case(scores: Sequence[Score]) -> Iterator[tuple[str, list[Score]]]:
    """Yield the scores of each case, in order."""
    for case in dict.fromkeys(score.case for score in scores):
        yield case, [score for score in scores if score.case == case]


def summary(values: Sequence[float], *, signed: bool = False) -> str:
    """Return mean, deviation and number."""
    if not values:
        return ""
    spread = f" ± {stdev(values):.3f}" if len(values) > 1 else ""
    return f"{mean(values):{'+' if signed else ''}.3f}{spread} ({len(values)})"


def cost(scores: Sequence[Score]) -> str:
    """Return the seconds that one training of every case takes."""
    return f"{sum(median(s.run.seconds for s in own) for _, own in by_case(scores)):.0f}"


def to_json(scores: Sequence[Score]) -> dict[str, Any]:
    """Return the machine, the releases and every score."""
    return {
        "machine": describe_machine(),
        "versions": installed_versions(),
        "scores": [score.to_json() for score in scores],
    }
