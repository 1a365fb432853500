"""Write the card of a model that a user has trained: data, split, test metrics, limits."""

from __future__ import annotations

from collections.abc import Sequence

from molgnn.assess.metrics import Evaluation
from molgnn.chem.standardize import Standardizer
from molgnn.chem.tables import LabelledTable
from molgnn.experiments.trainers import Part
from molgnn.fitting.config import TrainingConfig
from molgnn.fitting.data import TrainingData
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
    parts: Sequence[Part],
) -> Card:
    """Return the card of a model that a user has trained."""
    name = config.name or (table.path.name.partition(".")[0] if table.path else "table")
    means = {metric: test.mean(metric) for metric in CARD_METRICS}
    names = data.tasks.names
    return Card(
        name=f"{_kind(parts)}.{name}",
        summary=", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else ""),
        data=f"{len(data.rows):,} molecules of {table.path.name if table.path else name}",
        training="; ".join(
            [f"{_how(config, parts)}, seed {config.seed}", *(p.trainer.describe() for p in parts)]
        ),
        figures=tuple(
            Figure(
                data="the test part of that table",
                split=_how(config, parts),
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


def _kind(parts: Sequence[Part]) -> str:
    """Return the first word of the model's name."""
    kinds = list(dict.fromkeys(part.trainer.short_name for part in parts))
    return kinds[0] if len(kinds) == 1 else "mixed"


def _how(config: TrainingConfig, parts: Sequence[Part]) -> str:
    """Describe the split, and how many members were trained on each."""
    how = f"{config.split} split"
    if config.folds is not None:
        unit = "molecules" if config.split == "random" else "scaffolds"
        how = f"cross-validation over {config.folds} folds of {unit}"
    if config.repeats > 1:
        how += f", {config.repeats} times"
    if sum(part.count for part in parts) == 1:
        return how
    kinds = [part.trainer.short_name if len(parts) > 1 else "networks" for part in parts]
    counted = [f"{part.count} {kind}" for part, kind in zip(parts, kinds, strict=True)]
    return f"{how}, {', '.join(counted)} each"
