"""Write the card of a model that a user has trained: data, split, test metrics, limits."""

from __future__ import annotations

from molgnn.assess.metrics import Evaluation
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
from molgnn.fitting.transfer import StartingPoint
from molgnn.predictor.card import Card, Figure
from molgnn.predictor.leakage import Leakage

OF_SINGLE_FOLDS = (
    "The metrics are those of each split's own networks; the model is the mean of all of them."
)
CARD_METRICS = {"roc_auc": "ROC-AUC", "rmse": "RMSE"}


def make_card(
    table: LabelledTable,
    data: TrainingData,
    config: TrainingConfig,
    test: Evaluation,
    leakage: Leakage,
    start: StartingPoint | None,
) -> Card:
    """Return the card of a model that a user has trained."""
    name = config.name or (table.path.name.partition(".")[0] if table.path else "table")
    means = {metric: test.mean(metric) for metric in CARD_METRICS}
    names = data.tasks.names
    return Card(
        name=f"{config.network.encoder}.{name}",
        summary=", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else ""),
        data=f"{len(data.rows):,} molecules of {table.path.name if table.path else name}",
        training=f"{_how(config)}, seed {config.seed}, stopped by the validation score"
        + (f", started from {start}" if start else ""),
        figures=tuple(
            Figure(
                data="the test part of that table",
                split=_how(config),
                metric=CARD_METRICS[metric],
                n_tasks=n_tasks,
                seeds=(config.seed,),
                value=value,
            )
            for metric, (value, n_tasks) in means.items()
            if n_tasks
        ),
        leakage=leakage,
        limits=(
            "Molecules unlike those of that table are beyond what was tested.",
            *Standardizer(config.standardize).limits,
            *([OF_SINGLE_FOLDS] if config.folds or config.repeats > 1 else []),
        ),
    )


def _how(config: TrainingConfig) -> str:
    """Describe the split, and how many networks were trained on each."""
    how = f"{config.split} split"
    if config.folds is not None:
        unit = "molecules" if config.split == "random" else "scaffolds"
        how = f"cross-validation over {config.folds} folds of {unit}"
    if config.repeats > 1:
        how += f", {config.repeats} times"
    return how if config.ensemble == 1 else f"{how}, {config.ensemble} networks each"
