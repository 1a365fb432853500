"""Plot learning curves: losses and validation score by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from molgnn.fitting.history import best_epoch_index, read_history
from molgnn.fitting.module import LOSS, SCORE

MAX_LABELLED = 5


def draw_curves(histories: Sequence[Path], picture: Path) -> None:
    """Draw the losses and the validation score of every epoch, the best epoch of each marked.

    Without a history, as where trees alone were trained, there is no picture.

    Parameters
    ----------
    histories
        The CSV files that the networks' trainings wrote.
    picture
        Where the PNG goes.
    """
    if not histories:
        return
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3))
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.16, top=0.95, wspace=0.25)
    losses, scores = figure.subplots(1, 2)
    for i, history in enumerate(histories):
        _draw(losses, scores, history, is_first=i == 0, is_labelled=len(histories) <= MAX_LABELLED)
    losses.set(xlabel="epoch", ylabel="loss")
    losses.legend(frameon=False)
    scores.set(xlabel="epoch", ylabel="validation score")
    for axes in (losses, scores):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(picture, dpi=150)


def _draw(losses: Any, scores: Any, history: Path, *, is_first: bool, is_labelled: bool) -> None:
    rows = read_history(history)
    epochs = [int(row["epoch"]) for row in rows]
    for name, title, colour in (
        ("train_loss", "training", "C0"),
        (LOSS, "validation", "C1"),
    ):
        label = title if is_first else None
        losses.plot(epochs, [float(row[name]) for row in rows], color=colour, label=label, lw=1)

    score = [float(row[SCORE]) for row in rows]
    best = best_epoch_index(rows)
    scores.plot(epochs, score, color="C1", lw=1)
    scores.plot(epochs[best], score[best], "o", color="C3", ms=4)
    if is_labelled:
        place = (epochs[best], score[best])
        scores.annotate(f"{score[best]:.3f}", place, va="bottom", ha="center")
