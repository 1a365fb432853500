"""The run folder: what a training leaves behind, and what a resumed one goes on from."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float

from molgnn.assess.metrics import Evaluation
from molgnn.chem.splits import Split, label_counts
from molgnn.chem.tables import LabelledTable
from molgnn.errors import ConfigError, FileProblem
from molgnn.nn.network import Network
from molgnn.training.config import TrainingConfig
from molgnn.training.data import TrainingData

if TYPE_CHECKING:
    import pandas as pd

WRITTEN = {
    "checkpoints",
    "config.json",
    "curves.png",
    "history.csv",
    "history.part",
    "label_counts.csv",
    "metrics.csv",
    "metrics.json",
    "model",
    "predictions.csv",
    "split.csv",
    "table.sha256",
}
"""All that a run leaves in its folder."""


@dataclass(frozen=True)
class RunFolder:
    """Names the files of a run and reads and writes the small ones."""

    root: Path

    @property
    def model(self) -> Path:
        """The bundle, usable wherever a model is expected."""
        return self.root / "model"

    @property
    def history(self) -> Path:
        """One line per epoch."""
        return self.root / "history.csv"

    @property
    def checkpoints(self) -> Path:
        """``best.ckpt`` and ``last.ckpt``."""
        return self.root / "checkpoints"

    @property
    def config(self) -> Path:
        """The settings, resolved."""
        return self.root / "config.json"

    @property
    def _table_hash(self) -> Path:
        return self.root / "table.sha256"

    @property
    def last_checkpoint(self) -> Path:
        """The state after the last finished epoch."""
        return self.checkpoints / "last.ckpt"

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Turn what the operating system says of a file into a `FileProblem`."""
        try:
            yield
        except FileProblem:
            raise
        except OSError as error:
            place = error.filename or self.root
            raise FileProblem(f"cannot write to {place}: {error.strerror}") from error

    def check_free(self) -> None:
        """Make sure that a new run can begin here; raise `FileProblem` if something is there."""
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise FileProblem(
                f"expected an empty or new run folder but got {self.root}; fix: --resume goes on "
                "with a run, --overwrite begins it anew"
            )

    def create(self, config: TrainingConfig, table: LabelledTable) -> None:
        """Begin a new run."""
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        self._table_hash.write_text(_digest(table) + "\n", encoding="utf-8")
        self.config.write_text(config.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def check_clearable(self) -> None:
        """Make sure that all that lies here is of an earlier run; raise `FileProblem` if not."""
        if not self.root.exists():
            return
        there = {path.name for path in self.root.iterdir()} if self.root.is_dir() else {""}
        foreign = sorted(there - WRITTEN)
        if foreign or (there and self._table_hash.name not in there):
            named = f"it holds {foreign[0]!r}" if foreign else "it is no run"
            raise FileProblem(f"{self.root} is not overwritten: {named}; fix: name a new folder")

    def clear(self) -> None:
        """Remove an earlier run, and nothing else."""
        self.check_clearable()
        for name in WRITTEN:
            path = self.root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def check_same(self, config: TrainingConfig, table: LabelledTable) -> None:
        """Make sure that a resumed run goes on with the settings and the table it began with.

        Raises
        ------
        FileProblem
            If there is no run to resume.
        ConfigError
            If the settings or the table have changed.
        """
        if not (self.config.exists() and self._table_hash.exists()):
            raise FileProblem(f"no run to resume in {self.root}; fix: train without --resume")
        began = TrainingConfig.read(self.config).model_dump()
        changed = [name for name, value in config.model_dump().items() if began[name] != value]
        if changed:
            raise ConfigError(
                f"expected the settings that {self.root} began with but got another "
                f"{', '.join(changed)}; fix: train into a new folder"
            )
        if self._table_hash.read_text(encoding="utf-8").strip() != _digest(table):
            raise ConfigError(
                f"the table is not the one {self.root} began with; fix: train into a new folder"
            )

    def write_split(self, data: TrainingData, split: Split) -> None:
        """Write each row's part, or why it has none, and how many labels fell where."""
        import pandas as pd

        used = _parts(data, split).assign(reason="")
        lost = pd.DataFrame(
            [(r.row, r.text, "rejected", r.reason) for r in data.rejected], columns=used.columns
        )
        frames = [frame for frame in (used, lost) if len(frame)]
        pd.concat(frames).sort_values("row").to_csv(self.root / "split.csv", index=False)
        label_counts(split, data.labels, data.tasks).to_csv(self.root / "label_counts.csv")

    def write_evaluations(self, evaluations: dict[str, Evaluation]) -> None:
        """Write the figures of every part, as ``metrics.csv`` and ``metrics.json``."""
        import pandas as pd

        frames = {part: evaluation.to_frame() for part, evaluation in evaluations.items()}
        pd.concat(frames, names=["part"]).to_csv(self.root / "metrics.csv")
        record = {part: evaluation.to_json() for part, evaluation in evaluations.items()}
        text = json.dumps(record, indent=1)
        (self.root / "metrics.json").write_text(text + "\n", encoding="utf-8")

    def write_predictions(
        self, data: TrainingData, split: Split, values: Float[np.ndarray, "mols tasks"]
    ) -> None:
        """Write what the model says of every molecule of the table, with the molecule's part."""
        import pandas as pd

        scores = pd.DataFrame(values, columns=data.tasks.names)
        frame = pd.concat([_parts(data, split), scores], axis=1)
        frame.to_csv(self.root / "predictions.csv", index=False, float_format="%.6g")

    def restore_best(self, network: Network) -> None:
        """Load the weights of the best epoch.

        Raises
        ------
        FileProblem
            If no epoch was finished.
        ConfigError
            If none gave numbers.
        """
        path = self.checkpoints / "best.ckpt"
        if not path.exists() and self.history.exists():
            raise ConfigError(
                "the training diverged: no epoch gave finite outputs; fix: a lower learning rate"
            )
        if not path.exists():
            raise FileProblem(
                f"training stopped before its first epoch was over, so {self.root} holds no model; "
                "fix: --resume goes on"
            )
        state = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
        prefix = "network."
        weights = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        network.load_state_dict(weights)


def _parts(data: TrainingData, split: Split) -> pd.DataFrame:
    """Return one line per molecule: its row, its SMILES and its part."""
    import pandas as pd

    return pd.DataFrame({"row": data.rows, "smiles": data.smiles, "part": split.names()})


def _digest(table: LabelledTable) -> str:
    cells = [*table.tasks.names, *table.smiles, *table.split_values]
    text = "\n".join(cells).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text + table.labels.tobytes()).hexdigest()
