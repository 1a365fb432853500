"""Progress bars of epochs: one for each network in training, with its score so far and its best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from molgnn.fitting.history import best_epoch_index, read_history
from molgnn.fitting.module import SCORE


@dataclass(frozen=True)
class _Bar:
    task: TaskID
    history: Path


class EpochBars:
    """Bars on standard error, shown within a block; what they say stands in the histories.

    Parameters
    ----------
    is_shown
        Shows nothing if not.
    """

    def __init__(self, *, is_shown: bool = True) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[title]}"),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            transient=True,
            console=Console(stderr=True),
            disable=not is_shown,
        )
        self._bars: dict[str, _Bar] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._progress.stop()

    def add(self, title: str, history: Path, n_epochs: int | None) -> None:
        """Show one more bar.

        Parameters
        ----------
        title
            What it stands behind; each bar has its own.
        history
            The file of its network's epochs, which need not be there yet.
        n_epochs
            How many there may be; None for what is not trained in epochs.
        """
        first = "first epoch" if n_epochs else ""
        task = self._progress.add_task(first, total=n_epochs, title=title)
        self._bars[title] = _Bar(task, history)
        self.update()

    def remove(self, titles: Iterable[str]) -> None:
        """Take the bars behind these titles away."""
        for title in titles:
            self._progress.remove_task(self._bars.pop(title).task)

    def update(self) -> None:
        """Move the bars on to what the histories say."""
        for bar in self._bars.values():
            epochs = read_history(bar.history)
            if epochs:
                self._progress.update(
                    bar.task, completed=len(epochs), description=_describe(epochs)
                )


def _describe(epochs: list[dict[str, str]]) -> str:
    best, last = epochs[best_epoch_index(epochs)], epochs[-1]
    now, then = float(last[SCORE]), float(best[SCORE])
    return f"epoch {last['epoch']}: score {now:.3f}, best {then:.3f} at epoch {best['epoch']}"
