"""Base of run folders: settings, input hash, checkpoints and learning curves of a training."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from molgnn.errors import ConfigError, FileProblem
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.settings_record import SettingsRecord

INPUT_HASH = "table.sha256"
COMMON_FILES = {"config.json", "curves.png", "members", INPUT_HASH}


@dataclass(frozen=True)
class FittingFolder:
    """The files of a training that it resumes from; subclasses add those of its results."""

    root: Path

    files: ClassVar[set[str]] = COMMON_FILES
    """All that a run leaves in its folder."""
    inputs: ClassVar[str] = "the table and the files of exclude=…"
    """What the hash is made of."""

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
    def _input_hash(self) -> Path:
        return self.root / INPUT_HASH

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
        if not overwrite and self._input_hash.exists():
            raise FileProblem(
                f"expected an empty or new run folder but got {self.root}, which holds a run; fix: "
                "resume=… goes on with it, overwrite=… begins it anew"
            )

    def start(self, config: SettingsRecord, input_hash: str, *, resume: bool) -> None:
        """Begin a new run in the place of an earlier one, or make sure that it is the same."""
        if resume:
            self.check_same(config, input_hash)
            return
        self.clear()
        self.root.mkdir(parents=True, exist_ok=True)
        self._input_hash.write_text(input_hash + "\n", encoding="utf-8")
        self.config.write_text(config.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def check_only_run_files(self) -> None:
        """Make sure that all that lies here is of an earlier run; raise `FileProblem` if not."""
        if not self.root.exists():
            return
        if not self.root.is_dir():
            raise FileProblem(f"{self.root} is a file; fix: name a new folder")
        there = {path.name for path in self.root.iterdir()}
        foreign = sorted(there - self.files)
        if foreign or (there and self._input_hash.name not in there):
            named = f"it holds {foreign[0]!r}" if foreign else "it is no run"
            raise FileProblem(
                f"{self.root} is not written to, since {named}; fix: name a new folder"
            )

    def clear(self) -> None:
        """Remove an earlier run, and nothing else."""
        self.check_only_run_files()
        for name in self.files:
            path = self.root / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def check_same(self, config: SettingsRecord, input_hash: str) -> None:
        """Make sure that a resumed run goes on with the settings and the input it began with.

        Raises
        ------
        FileProblem
            If there is no run to resume.
        ConfigError
            If the settings or the input have changed.
        """
        if not (self.config.exists() and self._input_hash.exists()):
            raise FileProblem(f"no run to resume in {self.root}; fix: train without resume=…")
        began = type(config).read(self.config).model_dump(mode="json")
        now = config.model_dump(mode="json")
        changed = [name for name, value in now.items() if began[name] != value]
        if changed:
            raise ConfigError(
                f"expected the settings that {self.root} began with but got another "
                f"{', '.join(changed)}; fix: train into a new folder"
            )
        if self._input_hash.read_text(encoding="utf-8").strip() != input_hash:
            raise ConfigError(
                f"{self.inputs} are not those that {self.root} began with; fix: train into a new "
                "folder"
            )
