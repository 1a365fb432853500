"""A finished training: its folder, its test metrics, its notes, shown in a notebook."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from molgnn.assess.metrics import Evaluation
from molgnn.experiments.run_folder import RunFolder
from molgnn.predictor.predictor import Predictor


@dataclass(frozen=True, repr=False)
class Run:
    """A finished training.

    Parameters
    ----------
    folder
        Where everything lies.
    evaluations
        Part (``"valid"``, ``"test"``) to the metrics of the calibrated model on it; of several
        folds, their average. Empty in the processes beside the first that torchrun starts.
    interrupted
        Whether Ctrl-C ended it early; the model is then the best so far.
    notes
        What a user should know of the table: columns that were no tasks, rows that gave no
        molecule, parts that lack a class.
    """

    folder: Path
    evaluations: dict[str, Evaluation]
    interrupted: bool
    notes: list[str]

    @property
    def predictor(self) -> Predictor:
        """The trained model, loaded from the run folder."""
        return Predictor.load(RunFolder(self.folder).model)

    def __repr__(self) -> str:
        means = ""
        if test := self.evaluations.get("test"):
            means = f", {test.describe_means()}"
        return f"<Run {self.folder}{', interrupted' if self.interrupted else ''}{means}>"

    def to_json(self) -> dict[str, Any]:
        """Return folder, metrics by part, and notes as plain data."""
        return {
            "folder": str(self.folder),
            "interrupted": self.interrupted,
            "evaluations": {part: each.to_json() for part, each in self.evaluations.items()},
            "notes": self.notes,
        }

    def _repr_html_(self) -> str:
        tables = "".join(
            f"<p><b>{part}</b></p>{evaluation._repr_html_()}"
            for part, evaluation in self.evaluations.items()
        )
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<p>trained in <code>{escape(str(self.folder))}</code>"
            f"{', interrupted' if self.interrupted else ''}</p><ul>{notes}</ul>{tables}"
            f"{self._curves_as_html()}"
        )

    def _curves_as_html(self) -> str:
        curves = RunFolder(self.folder).curves
        if not curves.exists():  # as where trees alone were trained
            return ""
        picture = b64encode(curves.read_bytes()).decode()
        return f"<img width='720' src='data:image/png;base64,{picture}'>"
