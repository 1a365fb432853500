"""The run folder: files that a training writes, and resumes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from molgnn.assess.metrics import Evaluation
from molgnn.chem.splits import Split, label_counts
from molgnn.chem.tables import LabelledTable
from molgnn.fitting.data import TrainingData
from molgnn.fitting.run_folder import COMMON_FILES, FittingFolder
from molgnn.names import unique_name

RESULT_FILES = {
    "figures",
    "label_counts.csv",
    "metrics.csv",
    "metrics.json",
    "model",
    "predictions.csv",
    "report.html",
    "split.csv",
}

FIRST_COLUMNS = ("fold", "row", "smiles", "part")
"""Of the predictions, before the tasks."""


@dataclass(frozen=True)
class RunFolder(FittingFolder):
    """Names the files of a run and reads and writes the small ones."""

    files: ClassVar[set[str]] = COMMON_FILES | RESULT_FILES

    @property
    def model(self) -> Path:
        """The bundle, usable wherever a model is expected."""
        return self.root / "model"

    def write_splits(self, data: TrainingData, splits: Sequence[Split]) -> None:
        """Write each row's part in every fold, or why it has none, and how many labels fell where.

        Several folds make as many columns: ``part_0``, ``part_1``…
        """
        import pandas as pd

        is_one = len(splits) == 1
        titles = ["part"] if is_one else [f"part_{i}" for i in range(len(splits))]
        parts = dict(zip(titles, (split.names() for split in splits), strict=True))
        used = pd.DataFrame({"row": data.rows, "smiles": data.smiles, **parts, "reason": ""})
        lost = pd.DataFrame(
            [(r.row, r.text, *["rejected"] * len(titles), r.reason) for r in data.rejected],
            columns=used.columns,
        )
        frames = [frame for frame in (used, lost) if len(frame)]
        pd.concat(frames).sort_values("row").to_csv(self.root / "split.csv", index=False)
        counts = [label_counts(split, data.labels, data.tasks) for split in splits]
        counted = counts[0] if is_one else pd.concat(dict(enumerate(counts)), names=["fold"])
        counted.to_csv(self.root / "label_counts.csv")

    def write_evaluations(self, evaluations: dict[str, Evaluation]) -> None:
        """Write the metrics of every part, as ``metrics.csv`` and ``metrics.json``."""
        import pandas as pd

        frames = {part: evaluation.to_frame() for part, evaluation in evaluations.items()}
        pd.concat(frames, names=["part"]).to_csv(self.root / "metrics.csv")
        record = {part: evaluation.to_json() for part, evaluation in evaluations.items()}
        text = json.dumps(record, indent=1)
        (self.root / "metrics.json").write_text(text + "\n", encoding="utf-8")

    def write_predictions(
        self,
        data: TrainingData,
        splits: Sequence[Split],
        values: Sequence[Float[np.ndarray, "mols tasks"]],
    ) -> None:
        """Write what each fold's networks predict for every molecule, with the molecule's part."""
        import pandas as pd

        frames, taken = [], {*FIRST_COLUMNS, *data.tasks.names}
        titles = [
            unique_name(name, taken, prefix="pred_") if name in FIRST_COLUMNS else name
            for name in data.tasks.names
        ]
        for split, of_fold in zip(splits, values, strict=True):
            head = pd.DataFrame({"row": data.rows, "smiles": data.smiles, "part": split.names()})
            scores = pd.DataFrame(of_fold, columns=titles)
            frames.append(pd.concat([head, scores], axis=1))
        is_one = len(frames) == 1
        frame = frames[0] if is_one else pd.concat(dict(enumerate(frames)), names=["fold", ""])
        frame = frame if is_one else frame.reset_index("fold")
        frame.to_csv(self.root / "predictions.csv", index=False, float_format="%.6g")


def table_hash(table: LabelledTable, exclusions: Sequence[str] = ()) -> str:
    """Return a hash of SMILES, labels, tasks, split column and the hashes of excluded files."""
    cells = [*table.tasks.names, *table.smiles, *table.split_values, *exclusions]
    text = "\n".join(cells).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text + table.labels.tobytes()).hexdigest()
