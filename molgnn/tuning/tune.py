"""Hyperparameter search with Optuna: many short trainings, compared by their validation score."""

from __future__ import annotations

import shutil
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning
import torch
from lightning.pytorch import Callback

from molgnn.chem.exclusion import read_exclusions
from molgnn.chem.splits import Split
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable
from molgnn.distribution import install_extra
from molgnn.errors import ConfigError, MissingDependency
from molgnn.experiments.duplicates import merge_duplicates
from molgnn.experiments.exclusion import TableKeys, exclude_molecules
from molgnn.experiments.folds import make_folds
from molgnn.experiments.inputs import labelled_table
from molgnn.experiments.run_folder import table_hash
from molgnn.experiments.trainers.network import make_module, new_network
from molgnn.fitting.checkpoints import CheckpointFolder
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData, featurize_table
from molgnn.fitting.fit import fit
from molgnn.fitting.history import read_history
from molgnn.fitting.module import SCORE
from molgnn.fitting.transfer import refuse_start
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets.column import Preset
from molgnn.nn.encoders import find_encoder, import_encoder
from molgnn.tuning.plots import plot_study
from molgnn.tuning.search_space import defaults, suggest
from molgnn.tuning.storage import finished, open_study

if TYPE_CHECKING:
    import pandas as pd
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

ENCODER_DEFAULTS = "encoder_defaults"


@dataclass(frozen=True)
class Tuning:
    """A hyperparameter search, finished or stopped.

    Parameters
    ----------
    folder
        Holds ``study.db`` to go on from, ``best.json`` for ``train --config``, ``trials.csv`` and
        the study's plots.
    best
        The settings of the best trial.
    score
        Its validation score.
    n_trials
        How many were finished or pruned, in all runs together.
    interrupted
        Whether Ctrl-C ended the search.
    """

    folder: Path
    best: TrainingConfig
    score: float
    n_trials: int
    interrupted: bool

    def __repr__(self) -> str:
        return f"<Tuning {self.folder}, {self.n_trials} trials, best score {self.score:.4f}>"

    def to_json(self) -> dict[str, Any]:
        """Return folder, score, number of trials and the best settings as plain data."""
        return {
            "folder": str(self.folder),
            "score": self.score,
            "n_trials": self.n_trials,
            "interrupted": self.interrupted,
            "best": self.best.model_dump(mode="json"),
        }


def tune(
    table: str | Path | pd.DataFrame | LabelledTable,
    output: str | Path,
    config: TrainingConfig | str | Path | None = None,
    *,
    encoders: str | type | Sequence[str | type] = (),
    n_trials: int = 30,
    minutes: float | None = None,
    progress: bool = False,
    notify: Callable[[str], None] | None = None,
    **settings: Any,
) -> Tuning:
    """Search for settings that give a better validation score; the test part is never looked at.

    The first trial of each encoder is the encoder as it comes. Trials that are worse than the
    median of the others at the same epoch are cut short. The same call goes on with a search that
    was stopped, until it has made *n_trials* in all.

    Parameters
    ----------
    table
        What `train` takes.
    output
        A folder for the search.
    config
        Settings, or a ``config.json``; what the search varies begins with the values given here.
    encoders
        The networks to choose from, by name or path, or classes of your own; that of *config* by
        default.
    n_trials
        How many trials to make, those of earlier runs included.
    minutes
        Begin no new trial after so long.
    progress
        Print which rows are excluded, and a line for every trial.
    notify
        Called with each note on excluded rows, instead of printing it.
    **settings
        Fields of `TrainingConfig`, which come before those of *config*.

    Raises
    ------
    MissingDependency
        If Optuna is not installed, or an encoder's class cannot be imported.
    UnknownName
        If there is no such encoder.
    ConfigError
        If there is no such setting; if the folder holds a search of another table or with other
        settings, or no trial gave a score.
    FileProblem
        If the folder cannot be written, or holds something else.
    """
    config, folder = TrainingConfig.given(config, settings, tune), Path(output)
    refuse_start(config)
    names = _find_all(encoders or config.encoder)
    if find_spec("optuna") is None:
        raise MissingDependency(
            f"expected Optuna but got no such package; fix: {install_extra('tune')}"
        )
    table = labelled_table(table, config)
    exclusions = read_exclusions(config.exclude, config.smiles_column)
    featurizer = Featurizer(config.preset)
    with torch.random.fork_rng():
        standardizer, features = Standardizer(config.standardize), config.molecule_features
        data = featurize_table(table, standardizer, featurizer, features)
        data, excluded = exclude_molecules(data, table, exclusions, TableKeys(table, data))
        notify = notify or (partial(print, file=sys.stderr) if progress else None)
        for note in data.notes:
            if notify is not None:
                notify(note)
        data = merge_duplicates(data, table, config.duplicates)
        [fold, *_] = make_folds(data, table, config, n_members=1)
        table_sha256 = table_hash(table, [file.sha256 for file in excluded])
        study = open_study(folder, table_sha256, config, names)
        search = _Search(study, data, fold.split, featurizer.preset, config, names, folder)
        interrupted = search.run(n_trials, minutes, progress=progress)
    return _conclude(study, folder, config, interrupted)


def _find_all(encoders: str | type | Sequence[str | type]) -> tuple[str, ...]:
    """Return the names of encoders, importing those that are paths and refusing wrong ones."""
    several = (encoders,) if isinstance(encoders, str | type) else encoders
    names = tuple(TrainingConfig.build(encoder=each).encoder for each in several)
    for name in names:
        import_encoder(name)
        find_encoder(name)
    return names


class _Search:
    """What every trial of a search has in common."""

    def __init__(
        self,
        study: Study,
        data: TrainingData,
        split: Split,
        preset: Preset,
        config: TrainingConfig,
        encoders: tuple[str, ...],
        folder: Path,
    ) -> None:
        self.study, self.data, self.split, self.preset = study, data, split, preset
        self.config, self.encoders, self.folder = config, encoders, folder
        self.interrupted = False

    def run(self, n_trials: int, minutes: float | None, *, progress: bool) -> bool:
        """Make the trials that are missing; return whether Ctrl-C came in between."""
        self._enqueue_defaults()
        missing = n_trials - len(finished(self.study))
        if missing > 0:
            self.study.optimize(
                self.train,
                n_trials=missing,
                timeout=None if minutes is None else 60 * minutes,
                callbacks=[_print_trial] if progress else [],
                catch=(_Stopped,),
            )
        return self.interrupted

    def _enqueue_defaults(self) -> None:
        """Try each encoder as it comes, unless that was done, or waits for it."""
        from optuna.trial import TrialState

        states = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.WAITING)
        there = self.study.get_trials(deepcopy=False, states=states)
        known = {trial.user_attrs.get(ENCODER_DEFAULTS) for trial in there}
        for encoder in self.encoders:
            if encoder not in known:
                first_trial = defaults(self.config, encoder, self.encoders)
                self.study.enqueue_trial(first_trial, user_attrs={ENCODER_DEFAULTS: encoder})

    def train(self, trial: Trial) -> float:
        """Train one network; return the validation score of its best epoch."""
        from optuna import TrialPruned

        config = suggest(trial, self.config, self.encoders)
        trial.set_user_attr("config", config.model_dump_json())
        place = CheckpointFolder(self.folder / "trials" / str(trial.number))
        network = new_network(config.seed, self.split, self.data, self.preset, config)
        module = make_module(network, self.split, config.seed, self.data, config)
        pruning = Pruning(trial)
        try:
            self.interrupted = fit(module, place, callbacks=[pruning])
            scores = [float(row[SCORE]) for row in read_history(place.history)]
        finally:
            shutil.rmtree(place.root, ignore_errors=True)
        if self.interrupted:
            self.study.stop()
            raise _Stopped
        if pruning.is_pruned:
            raise TrialPruned
        return max(scores)


class _Stopped(Exception):
    """Ctrl-C came during a trial, which therefore has no score."""


class Pruning(Callback):
    """Ends a trial that Optuna's pruner gives up.

    Parameters
    ----------
    trial
        Told the score of every epoch.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial, self.is_pruned = trial, False

    def on_train_epoch_end(self, trainer: lightning.Trainer, _: Any) -> None:
        """Report the score, and stop where it is no use."""
        self.trial.report(float(trainer.callback_metrics[SCORE]), trainer.current_epoch)
        if self.trial.should_prune():
            self.is_pruned = trainer.should_stop = True


def _print_trial(study: Study, trial: FrozenTrial) -> None:
    from rich.console import Console

    seconds = 0.0 if trial.duration is None else trial.duration.total_seconds()
    if trial.value is None:
        outcome = "stopped early"
    else:
        best = study.best_trial
        outcome = f"score {trial.value:.4f}, best {best.value:.4f} at trial {best.number}"
    console = Console(stderr=True, highlight=False, markup=False)
    console.print(f"{time.strftime('%H:%M')}  trial {trial.number}: {outcome}, {seconds:.0f} s")


def _conclude(study: Study, folder: Path, base: TrainingConfig, interrupted: bool) -> Tuning:
    """Write the best settings and the plots."""
    done = finished(study)
    scored = [trial for trial in done if trial.value is not None]
    if not scored:
        raise ConfigError(
            f"no trial in {folder} came to an end; fix: more time, or the same call again"
        )
    best = study.best_trial
    settings = TrainingConfig.model_validate_json(best.user_attrs["config"])
    path = folder / "best.json"
    path.write_text(settings.model_dump_json(indent=1) + "\n", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the plots are experimental, says Optuna
        study.trials_dataframe().to_csv(folder / "trials.csv", index=False)
        plot_study(study, folder)
    return Tuning(folder, settings, float(best.value or 0.0), len(done), interrupted)
