"""The run folder: files that a training writes, and resumes from."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from molgnn.assess.metrics import Evaluation
from molgnn.chem.splits import Split, label_counts
from molgnn.chem.tables import LabelledTable
from molgnn.errors import ConfigError, FileProblem
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.names import unique_name

RUN_FILES = {
    "config.json",
    "curves.png",
    "figures",
    "label_counts.csv",
    "members",
    "metrics.csv",
    "metrics.json",
    "model",
    "predictions.csv",
    "report.html",
    "split.csv",
    "table.sha256",
}
"""All that a run leaves in its folder."""

FIRST_COLUMNS = ("fold", "row", "smiles", "part")
"""Of the predictions, before the tasks."""


@dataclass(frozen=True)
class RunFolder:
    """Names the files of a run and reads and writes the small ones."""

    root: Path

    @property
    def model(self) -> Path:
        """The bundle, usable wherever a model is expected."""
        return self.root / "model"

    def member(self, number: int) -> CheckpointFolder:
        """Return where a network of the model keeps what it goes on from."""
        return CheckpointFolder(self.root / "members" / str(number))

    def histories(self) -> list[Path]:
        """Return the histories of all members that have begun, in order."""
        found = (self.root / "members").glob("*/history.csv")
        return sorted(found, key=lambda path: int(path.parent.name))

    @property
    def curves(self) -> Path:
        """Learning curves."""
        return self.root / "curves.png"

    @property
    def config(self) -> Path:
        """The settings, resolved."""
        return self.root / "config.json"

    @property
    def _table_hash_file(self) -> Path:
        return self.root / "table.sha256"

    @contextmanager
    def file_problems(self) -> Iterator[None]:
        """Turn an `OSError` of a file into a `FileProblem`."""
        try:
            yield
        except FileProblem:
            raise
        except OSError as error:
            place = error.filename or self.root
            raise FileProblem(f"cannot write to {place}: {error.strerror}") from error

    def check_can_start(self, *, resume: bool, overwrite: bool) -> None:
        """Make sure that a run can begin here, before anything long is done.

        Raises
        ------
        FileProblem
            If something is in the way.
        """
        if resume and not overwrite:
            return
        self.check_only_run_files()
        if not overwrite and self._table_hash_file.exists():
            raise FileProblem(
                f"expected an empty or new run folder but got {self.root}, which holds a run; fix: "
                "resume=… goes on with it, overwrite=… begins it anew"
            )

    def start(
        self,
        config: TrainingConfig,
        table: LabelledTable,
        exclusions: Sequence[str] = (),
        *,
        resume: bool,
    ) -> None:
        """Begin a new run in the place of an earlier one, or make sure that it is the same.

        Parameters
        ----------
        config, table
            The settings and the data.
        exclusions
            The sha256 of the files of excluded molecules.
        resume
            Whether a run is there to go on with.
        """
        if resume:
            self.check_same(config, table, exclusions)
            return
        self.clear()
        self.root.mkdir(parents=True, exist_ok=True)
        text = f"{table_hash(table, exclusions)}\n"
        self._table_hash_file.write_text(text, encoding="utf-8")
        self.config.write_text(config.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def check_only_run_files(self) -> None:
        """Make sure that all that lies here is of an earlier run; raise `FileProblem` if not."""
        if not self.root.exists():
            return
        if not self.root.is_dir():
            raise FileProblem(f"{self.root} is a file; fix: name a new folder")
        there = {path.name for path in self.root.iterdir()}
        foreign = sorted(there - RUN_FILES)
        if foreign or (there and self._table_hash_file.name not in there):
            named = f"it holds {foreign[0]!r}" if foreign else "it is no run"
            raise FileProblem(
                f"{self.root} is not written to, since {named}; fix: name a new folder"
            )

    def clear(self) -> None:
        """Remove an earlier run, and nothing else."""
        self.check_only_run_files()
        for name in RUN_FILES:
            path = self.root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def check_same(
        self, config: TrainingConfig, table: LabelledTable, exclusions: Sequence[str] = ()
    ) -> None:
        """Make sure that a resumed run goes on with the settings and the table it began with.

        Raises
        ------
        FileProblem
            If there is no run to resume.
        ConfigError
            If the settings or the table have changed.
        """
        if not (self.config.exists() and self._table_hash_file.exists()):
            raise FileProblem(f"no run to resume in {self.root}; fix: train without resume=…")
        began = TrainingConfig.read(self.config).model_dump(mode="json")
        now = config.model_dump(mode="json")
        changed = [name for name, value in now.items() if began[name] != value]
        if changed:
            raise ConfigError(
                f"expected the settings that {self.root} began with but got another "
                f"{', '.join(changed)}; fix: train into a new folder"
            )
        began_with = self._table_hash_file.read_text(encoding="utf-8").strip()
        if began_with != table_hash(table, exclusions):
            files = ", or a file of exclude=…," if exclusions else ""
            raise ConfigError(
                f"the table{files} is not the one {self.root} began with; fix: train into a new "
                "folder"
            )

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
