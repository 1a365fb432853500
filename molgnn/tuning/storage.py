"""Open or resume the Optuna study of a search: an SQLite file in the output folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from molgnn.errors import ConfigError, FileProblem
from molgnn.fitting.config import TrainingConfig

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

STUDY = "study.db"
STARTUP_TRIALS, WARMUP_EPOCHS = 5, 5


def open_study(
    folder: Path, table_sha256: str, config: TrainingConfig, encoders: tuple[str, ...]
) -> Study:
    """Begin a study, or go on with one of the same table and settings.

    Parameters
    ----------
    folder
        Where the study lies.
    table_sha256
        From `molgnn.experiments.run_folder.table_hash`.
    config, encoders
        What the search begins with, and may choose from.

    Raises
    ------
    ConfigError
        If the folder holds one of another table or with other settings.
    FileProblem
        If the folder cannot be written, or holds something else.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_taken = any(folder.iterdir()) and not (folder / STUDY).exists()
    except OSError as error:
        raise FileProblem(f"cannot write to {folder}: {error.strerror}") from error
    if is_taken:
        raise FileProblem(
            f"expected an empty folder, or one with a search, but got {folder}; fix: name a new one"
        )
    study = optuna.create_study(
        storage=f"sqlite:///{folder.resolve() / STUDY}",
        study_name="molgnn",
        direction="maximize",
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(STARTUP_TRIALS, WARMUP_EPOCHS),
    )
    # A sampler begun anew from the same seed would suggest the same again.
    study.sampler = optuna.samplers.TPESampler(seed=config.seed + len(study.trials))
    attributes = {
        "table": table_sha256,
        "config": json.loads(config.model_dump_json()),
        "encoders": list(encoders),
    }
    for name, value in attributes.items():
        if study.user_attrs.setdefault(name, value) != value:
            raise ConfigError(
                f"expected the {name} that the search in {folder} began with but got another; "
                "fix: search into a new folder"
            )
        study.set_user_attr(name, value)
    return study


def finished(study: Study) -> list[FrozenTrial]:
    """Return the trials that came to an end, pruned ones included."""
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
