"""Save and load the test metrics of a model, trained with one seed on one data set and split."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import Run
from benchmarks.records import read_record


@dataclass(frozen=True, slots=True)
class Score:
    """One model, trained with one seed, on the test rows of one case.

    Parameters
    ----------
    dataset, split, model, seed
        What it is of.
    metric
        The metric that the case is compared by.
    run
        What the training cost.
    figures
        All metrics of all tasks, and their means.
    settings_hash
        Of the settings, for models whose settings are this repository's; else empty.
    """

    dataset: str
    split: str
    model: str
    seed: int
    metric: str
    run: Run
    figures: dict[str, Any]
    settings_hash: str = ""

    @property
    def case(self) -> str:
        """The data set and its split."""
        return f"{self.dataset}/{self.split}"

    @property
    def name(self) -> str:
        """What its files are called."""
        return score_name(self.case, self.model, self.seed, self.settings_hash)

    @property
    def value(self) -> float:
        """The mean over the tasks; NaN where no task has one."""
        return _or_nan(self.figures["mean"][self.metric]["value"])

    @property
    def task_values(self) -> dict[str, float]:
        """Task to its figure; NaN where its test rows define none."""
        tasks = self.figures["tasks"]
        return {name: _or_nan(figures[self.metric]) for name, figures in tasks.items()}

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        record = {name: getattr(self, name) for name in self.__slots__}
        return {**record, "run": self.run.to_json()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Score:
        """Rebuild what `to_json` gave."""
        return cls(**{**record, "run": Run(**record["run"])})


def score_name(case: str, model: str, seed: int, settings_hash: str) -> str:
    """Return what the files of a score are called: other settings, another file."""
    parts = [*case.split("/"), model, str(seed), settings_hash]
    return "-".join(part for part in parts if part)


def save_score(score: Score, folder: Path) -> None:
    """Write a score under its name; the file is there once it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    staged = folder / f"{score.name}.part"
    staged.write_text(json.dumps(score.to_json(), indent=1) + "\n", encoding="utf-8")
    staged.replace(folder / f"{score.name}.json")


def import_scores(known: Path, folder: Path) -> None:
    """Write the scores that an earlier run's JSON holds; those that are there already stay."""
    for record in read_record(known)["scores"]:
        score = Score.from_json(record)
        if not (folder / f"{score.name}.json").exists():
            save_score(score, folder)


def load_scores(folder: Path, cases: Sequence[str], hashes: Mapping[str, str]) -> list[Score]:
    """Return the scores of some models on some cases, case by case.

    Parameters
    ----------
    folder
        Where `save_score` left them.
    cases
        As ``DATASET/SPLIT``.
    hashes
        Model to the hash of its settings today: scores of older settings are left where they are.
    """
    found = [Score.from_json(read_record(path)) for path in folder.glob("*.json")]
    kept = [s for s in found if s.case in cases and hashes.get(s.model) == s.settings_hash]
    models = list(hashes)
    return sorted(kept, key=lambda s: (cases.index(s.case), models.index(s.model), s.seed))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)
