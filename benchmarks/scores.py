"""What was measured of one model, trained with one seed, on one case; and where that is kept."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from processes import Run


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
    recipe
        Digest of the settings, for models whose settings are this repository's.
    """

    dataset: str
    split: str
    model: str
    seed: int
    metric: str
    run: Run
    figures: dict[str, Any]
    recipe: str = ""

    @property
    def case(self) -> str:
        """The data set and its split."""
        return f"{self.dataset}/{self.split}"

    @property
    def name(self) -> str:
        """What its files are called."""
        return score_name(self.case, self.model, self.seed, self.recipe)

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
        record["run"] = asdict(self.run)
        return record if self.recipe else {k: v for k, v in record.items() if k != "recipe"}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Score:
        """Rebuild what `to_json` gave."""
        return cls(**{**record, "run": Run(**record["run"])})


def score_name(case: str, model: str, seed: int, recipe: str) -> str:
    """Return what the files of a score are called: another recipe, another file."""
    parts = [*case.split("/"), model, str(seed), *([recipe] if recipe else [])]
    return "-".join(parts)


def save_score(score: Score, folder: Path) -> None:
    """Write a score under its name; the file is there once it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    staged = folder / f"{score.name}.part"
    staged.write_text(json.dumps(score.to_json(), indent=1) + "\n", encoding="utf-8")
    staged.replace(folder / f"{score.name}.json")


def take_up(known: Path, folder: Path) -> None:
    """Write the scores that an earlier run's JSON holds; those that are there already stay."""
    for record in json.loads(known.read_text(encoding="utf-8"))["scores"]:
        score = Score.from_json(record)
        if not (folder / f"{score.name}.json").exists():
            save_score(score, folder)


def collect(folder: Path, cases: Sequence[str], recipes: Mapping[str, str]) -> list[Score]:
    """Return the scores of some models on some cases, case by case.

    Parameters
    ----------
    folder
        Where `save_score` left them.
    cases
        As ``DATASET/SPLIT``.
    recipes
        Model to the recipe that counts: what older settings gave is left where it is.
    """
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.json")]
    found = [Score.from_json(json.loads(text)) for text in texts]
    kept = [s for s in found if s.case in cases and recipes.get(s.model) == s.recipe]
    models = list(recipes)
    return sorted(kept, key=lambda s: (cases.index(s.case), models.index(s.model), s.seed))


def by_case(scores: Sequence[Score]) -> Iterator[tuple[str, list[Score]]]:
    """Yield the scores of each case, in order."""
    for case in dict.fromkeys(score.case for score in scores):
        yield case, [score for score in scores if score.case == case]


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)
