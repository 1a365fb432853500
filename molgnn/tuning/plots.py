"""Plots of a hyperparameter search: optimization history, importances, slices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna import Study

MIN_SCORED = 4
"""Fewer trials tell nothing of importances."""


def plot_study(study: Study, folder: Path) -> None:
    """Draw the course of a study and, of enough trials, what its score depends on.

    Leaves ``history.png``, ``importances.png`` and ``slices.png`` in the folder.
    """
    from matplotlib import pyplot
    from optuna.visualization import matplotlib as plots

    drawings: dict[str, Any] = {"history": plots.plot_optimization_history}
    if sum(trial.value is not None for trial in study.trials) >= MIN_SCORED:
        drawings |= {"importances": plots.plot_param_importances, "slices": plots.plot_slice}
    for name, draw in drawings.items():
        before = set(pyplot.get_fignums())
        draw(study)
        figure = pyplot.gcf()
        figure.savefig(folder / f"{name}.png", dpi=120, bbox_inches="tight")
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)
