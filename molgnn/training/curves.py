"""The course of a training as a picture."""

from __future__ import annotations

import csv
from pathlib import Path


def draw_curves(history: Path, picture: Path) -> None:
    """Draw the losses and the validation score of every epoch, the best epoch marked.

    Parameters
    ----------
    history
        The CSV file that a training wrote.
    picture
        Where the PNG goes.
    """
    from matplotlib.figure import Figure

    with history.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    epochs = [int(row["epoch"]) for row in rows]
    columns = {name: [float(row[name]) for row in rows] for name in rows[0]}

    figure = Figure(figsize=(8, 3), layout="constrained")
    losses, scores = figure.subplots(1, 2)
    losses.plot(epochs, columns["train_loss"], label="training")
    losses.plot(epochs, columns["valid_loss"], label="validation")
    losses.set(xlabel="epoch", ylabel="loss")
    losses.legend(frameon=False)

    score = columns["valid_score"]
    best = max(range(len(score)), key=score.__getitem__)
    scores.plot(epochs, score, color="C1")
    scores.plot(epochs[best], score[best], "o", color="C3")
    scores.annotate(f"{score[best]:.3f}", (epochs[best], score[best]), va="bottom", ha="center")
    scores.set(xlabel="epoch", ylabel="validation score")
    for axes in (losses, scores):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(picture, dpi=150)
