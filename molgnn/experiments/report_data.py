"""Collect the report's data: test predictions of the model and of a random forest baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64

from molgnn.assess.baseline import random_forest
from molgnn.assess.thresholds import UNDECIDED, choose_threshold
from molgnn.chem.descriptors import compute_features
from molgnn.chem.similarity import nearest_similarity
from molgnn.chem.splits import Split, label_counts
from molgnn.chem.tables import LabelledTable
from molgnn.experiments.held_out import HeldOutPredictions
from molgnn.fitting.data import TrainingData
from molgnn.predictor.card import Card
from molgnn.report.content import EvaluatedMolecules, ReportContent, most_measured
from molgnn.tasks import Tasks

REPORT_TREES = 200
FOREST_FEATURES = ("ecfp4",)
MAX_FOREST_ROWS = 20_000
MAX_TEST_ROWS = 5_000
"""Beyond so many rows the forest, the similarities and the plots take a sample."""


def collect_report(
    table: LabelledTable,
    data: TrainingData,
    held_out: HeldOutPredictions,
    card: Card,
    notes: Sequence[str],
    seed: int,
) -> ReportContent:
    """Collect what the report shows; the forest is trained on training and validation rows."""
    random = np.random.default_rng(seed)
    tested = np.concatenate([split.test for split in held_out.splits])
    detailed = most_measured(data.labels[tested])
    folds = [
        _evaluate_fold(table, data, split, values, detailed, random, seed)
        for split, values in zip(held_out.splits, held_out.values, strict=True)
    ]
    molecules = _join([fold for fold, _ in folds])
    return ReportContent(
        title=card.name,
        facts=_facts(card, held_out.splits, len(molecules.smiles)),
        notes=list(notes),
        counts=label_counts(held_out.splits[0], data.labels, data.tasks),
        tasks=data.tasks,
        molecules=molecules,
        detailed=detailed,
        thresholds=_thresholds(data, held_out),
        forest_thresholds=[
            float(np.mean(each)) for each in zip(*(own for _, own in folds), strict=True)
        ],
    )


def _facts(card: Card, splits: Sequence[Split], n_tested: int) -> dict[str, str]:
    facts = {
        "predicts": card.summary,
        "trained on": card.data,
        "how": card.training,
        "tested on": f"{n_tested:,} predictions for test molecules",
    }
    if card.leakage is not None:
        facts["leakage"] = "; ".join(card.leakage.sentences())
    if any(
        len(split.train) + len(split.valid) > MAX_FOREST_ROWS or len(split.test) > MAX_TEST_ROWS
        for split in splits
    ):
        facts["sample"] = (
            f"the forest was trained on {MAX_FOREST_ROWS:,} rows and at most {MAX_TEST_ROWS:,} "
            "test rows of a split are shown, drawn at random; metrics.csv is of all rows"
        )
    return facts


def _evaluate_fold(
    table: LabelledTable,
    data: TrainingData,
    split: Split,
    values: Float[np.ndarray, "mols tasks"],
    columns: list[int],
    random: np.random.Generator,
    seed: int,
) -> tuple[EvaluatedMolecules, list[float]]:
    """Return the test molecules of a fold, and the forest's thresholds."""
    trained = _sample(np.concatenate([split.train, split.valid]), MAX_FOREST_ROWS, random)
    tested = _sample(split.test, MAX_TEST_ROWS, random)
    forest, thresholds = _fit_forest(data, trained, tested, columns, seed)
    tested_smiles = [data.smiles[mol] for mol in tested]
    molecules = EvaluatedMolecules(
        places=[table.place_of(row) for row in data.rows[tested].tolist()],
        smiles=tested_smiles,
        labels=data.labels[tested].astype(float),
        model=values[tested].astype(float),
        forest=forest,
        similarity=nearest_similarity(tested_smiles, [data.smiles[mol] for mol in trained]),
        folds=np.zeros(len(tested), dtype=np.int64),
    )
    return molecules, thresholds


def _fit_forest(
    data: TrainingData,
    trained: Int64[np.ndarray, " trained"],
    tested: Int64[np.ndarray, " tested"],
    columns: list[int],
    seed: int,
) -> tuple[Float[np.ndarray, "tested tasks"], list[float]]:
    """Return the forest's test predictions, NaN beside the columns, and its thresholds."""
    predictions = np.full((len(tested), len(data.tasks)), np.nan)
    thresholds = [UNDECIDED] * len(data.tasks)
    if not len(tested):
        return predictions, thresholds
    seen, unseen = (
        compute_features([data.smiles[mol] for mol in mols], FOREST_FEATURES, cached=False).to_csr()
        for mols in (trained, tested)
    )
    grown = random_forest(
        Tasks([data.tasks[i] for i in columns]),
        seen,
        data.labels[trained][:, columns],
        unseen,
        seed=seed,
        n_trees=REPORT_TREES,
    )
    predictions[:, columns] = grown.unseen
    for place, i in enumerate(columns):
        if data.tasks[i].is_classification:
            labels = data.labels[trained, i].astype(float)
            thresholds[i] = choose_threshold(labels, grown.out_of_bag[:, place])
    return predictions, thresholds


def _sample(
    rows: Int64[np.ndarray, " mols"], most: int, random: np.random.Generator
) -> Int64[np.ndarray, " some"]:
    return np.sort(rows if len(rows) <= most else random.choice(rows, most, replace=False))


def _thresholds(data: TrainingData, held_out: HeldOutPredictions) -> list[float]:
    """Choose each task's threshold on the validation molecules of all folds."""
    pairs = list(zip(held_out.splits, held_out.values, strict=True))
    labels = np.concatenate([data.labels[split.valid] for split, _ in pairs]).astype(float)
    values = np.concatenate([of_fold[split.valid] for split, of_fold in pairs]).astype(float)
    return [
        choose_threshold(labels[:, i], values[:, i]) if task.is_classification else UNDECIDED
        for i, task in enumerate(data.tasks)
    ]


def _join(folds: Sequence[EvaluatedMolecules]) -> EvaluatedMolecules:
    return EvaluatedMolecules(
        places=[place for fold in folds for place in fold.places],
        smiles=[text for fold in folds for text in fold.smiles],
        labels=np.concatenate([fold.labels for fold in folds]),
        model=np.concatenate([fold.model for fold in folds]),
        forest=np.concatenate([fold.forest for fold in folds]),
        similarity=np.concatenate([fold.similarity for fold in folds]),
        folds=np.repeat(np.arange(len(folds)), [len(fold.smiles) for fold in folds]),
    )
