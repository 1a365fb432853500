"""Collect the report's data: test predictions of the model and of baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64

from molgnn.assess.baselines import BASELINE_FEATURES, BASELINES
from molgnn.assess.baselines.tuned import FittedBaseline, fit_baseline
from molgnn.assess.thresholds import UNDECIDED, choose_threshold
from molgnn.chem.descriptors import FeatureTable, compute_features
from molgnn.chem.similarity import SIMILARITY_FEATURES, nearest_similarity
from molgnn.chem.splits import Split, label_counts
from molgnn.chem.tables import LabelledTable
from molgnn.experiments.held_out import HeldOutPredictions
from molgnn.fitting.data import TrainingData
from molgnn.predictor.card import Card
from molgnn.processes.cores import usable_cores
from molgnn.report.content import MODEL, EvaluatedMolecules, ReportContent, most_measured
from molgnn.tasks import Tasks

MAX_TRAIN_ROWS = 20_000
MAX_HELD_OUT_ROWS = 5_000
"""Beyond so many rows of a part the baselines, the similarities and the plots take a sample."""
MAX_ALL_ROWS = 30_000
"""Up to so many the features of all rows are computed, for the next seed or split to find them."""


@dataclass(frozen=True)
class _Fold:
    """What is shown of a fold, and what the thresholds are chosen on."""

    shown: EvaluatedMolecules
    valid_labels: Float[np.ndarray, "valid tasks"]
    valid_predictions: Mapping[str, Float[np.ndarray, "valid tasks"]]
    baselines: Sequence[FittedBaseline]


def collect_report(
    table: LabelledTable,
    data: TrainingData,
    held_out: HeldOutPredictions,
    card: Card,
    notes: Sequence[str],
    seed: int,
) -> ReportContent:
    """Collect what the report shows; the baselines learn from the rows that the model learns from.

    Their settings are chosen on the validation rows, and they are calibrated there, as the model.
    """
    random = np.random.default_rng(seed)
    tested = np.concatenate([split.test for split in held_out.splits])
    detailed = most_measured(data.labels[tested])
    samples = [_sample_split(split, random) for split in held_out.splits]
    features = _Features(data, samples)
    folds = [
        _evaluate_fold(table, data, sample, values, features, detailed, seed)
        for sample, values in zip(samples, held_out.values, strict=True)
    ]
    molecules = _join([fold.shown for fold in folds])
    return ReportContent(
        title=card.name,
        facts=_facts(card, held_out.splits, folds),
        notes=list(notes),
        counts=label_counts(held_out.splits[0], data.labels, data.tasks),
        tasks=data.tasks,
        molecules=molecules,
        detailed=detailed,
        thresholds={name: _thresholds(data.tasks, folds, name) for name in molecules.predictions},
    )


def _facts(card: Card, splits: Sequence[Split], folds: Sequence[_Fold]) -> dict[str, str]:
    n_tested = sum(len(fold.shown.smiles) for fold in folds)
    facts = {
        "predicts": card.summary,
        "trained on": card.data,
        "how": card.training,
        "tested on": f"{n_tested:,} predictions for test molecules",
        **_describe_baselines([fold.baselines for fold in folds]),
    }
    if card.leakage is not None:
        facts["leakage"] = "; ".join(card.leakage.sentences())
    if any(
        len(split.train) > MAX_TRAIN_ROWS
        or max(len(split.valid), len(split.test)) > MAX_HELD_OUT_ROWS
        for split in splits
    ):
        facts["sample"] = (
            f"the baselines learned from at most {MAX_TRAIN_ROWS:,} rows, were tuned on at most "
            f"{MAX_HELD_OUT_ROWS:,}, and at most {MAX_HELD_OUT_ROWS:,} test rows of a split are "
            "shown, drawn at random; metrics.csv is of all rows"
        )
    return facts


def _describe_baselines(folds: Sequence[Sequence[FittedBaseline]]) -> dict[str, str]:
    """Name the settings of each baseline, those of several folds one after the other."""
    facts = {}
    for of_folds in zip(*folds, strict=True):
        texts = dict.fromkeys(text for each in of_folds for text in each.settings.values())
        facts[of_folds[0].title] = " or ".join(texts) or "nothing to learn from"
    if facts:
        facts["baselines"] = (
            f"learned from the training rows, of {', '.join(BASELINE_FEATURES)}; settings and "
            "numbers of trees chosen, and probabilities calibrated, on the validation rows"
        )
    return facts


class _Features:
    """Features of the molecules that are wanted, computed together."""

    def __init__(self, data: TrainingData, samples: Sequence[Split]) -> None:
        is_wanted = np.full(len(data.smiles), len(data.smiles) <= MAX_ALL_ROWS)
        for sample in samples:
            is_wanted[np.r_[sample.train, sample.valid, sample.test]] = True
        self._place = np.cumsum(is_wanted) - 1
        self._table = compute_features(
            [data.smiles[mol] for mol in np.flatnonzero(is_wanted).tolist()],
            (*BASELINE_FEATURES, *SIMILARITY_FEATURES),
            n_processes=usable_cores(),
        )

    def of(self, mols: Int64[np.ndarray, " some"], sets: Sequence[str]) -> FeatureTable:
        """Return some sets of some molecules."""
        return self._table.only(sets).select(self._place[mols])


def _evaluate_fold(
    table: LabelledTable,
    data: TrainingData,
    split: Split,
    values: Float[np.ndarray, "mols tasks"],
    features: _Features,
    columns: list[int],
    seed: int,
) -> _Fold:
    """Fit the baselines of a fold, and put their predictions beside the model's."""
    baselines = _fit_baselines(data, split, features, columns, seed) if len(split.test) else []
    predictions = {MODEL: values.astype(float)}
    for baseline in baselines:
        predictions[baseline.title] = np.full(data.labels.shape, np.nan)
        rows = np.r_[split.train, split.valid, split.test]
        predictions[baseline.title][rows[:, None], columns] = baseline.values
    seen = np.sort(np.r_[split.train, split.valid])
    fingerprints = (features.of(mols, SIMILARITY_FEATURES).to_csr() for mols in (split.test, seen))
    shown = EvaluatedMolecules(
        places=[table.place_of(row) for row in data.rows[split.test].tolist()],
        smiles=[data.smiles[mol] for mol in split.test],
        labels=data.labels[split.test].astype(float),
        predictions={name: every[split.test] for name, every in predictions.items()},
        similarity=nearest_similarity(*fingerprints),
        folds=np.zeros(len(split.test), dtype=np.int64),
    )
    return _Fold(
        shown,
        data.labels[split.valid].astype(float),
        {name: every[split.valid] for name, every in predictions.items()},
        baselines,
    )


def _fit_baselines(
    data: TrainingData, split: Split, features: _Features, columns: list[int], seed: int
) -> list[FittedBaseline]:
    """Fit each baseline to some tasks; its values are of the training, valid, then test rows."""
    parts = (split.train, split.valid, split.test)
    mols = np.concatenate(parts)
    ends = np.cumsum([len(part) for part in parts])
    local = Split(*np.split(np.arange(len(mols)), ends[:-1]))
    tasks = Tasks([data.tasks[i] for i in columns])
    labels = data.labels[mols][:, columns].astype(float)
    matrix = features.of(mols, BASELINE_FEATURES).to_csr()
    return [fit_baseline(name, tasks, matrix, labels, local, seed=seed) for name in BASELINES]


def _sample_split(split: Split, random: np.random.Generator) -> Split:
    return Split(
        _sample(split.train, MAX_TRAIN_ROWS, random),
        _sample(split.valid, MAX_HELD_OUT_ROWS, random),
        _sample(split.test, MAX_HELD_OUT_ROWS, random),
    )


def _sample(
    rows: Int64[np.ndarray, " mols"], most: int, random: np.random.Generator
) -> Int64[np.ndarray, " some"]:
    return np.sort(rows if len(rows) <= most else random.choice(rows, most, replace=False))


def _thresholds(tasks: Tasks, folds: Sequence[_Fold], name: str) -> list[float]:
    """Choose each task's threshold on the validation molecules of all folds."""
    labels = np.concatenate([fold.valid_labels for fold in folds])
    values = np.concatenate([fold.valid_predictions[name] for fold in folds])
    return [
        choose_threshold(labels[:, i], values[:, i]) if task.is_classification else UNDECIDED
        for i, task in enumerate(tasks)
    ]


def _join(folds: Sequence[EvaluatedMolecules]) -> EvaluatedMolecules:
    return EvaluatedMolecules(
        places=[place for fold in folds for place in fold.places],
        smiles=[text for fold in folds for text in fold.smiles],
        labels=np.concatenate([fold.labels for fold in folds]),
        predictions={
            name: np.concatenate([fold.predictions[name] for fold in folds])
            for name in folds[0].predictions
        },
        similarity=np.concatenate([fold.similarity for fold in folds]),
        folds=np.repeat(np.arange(len(folds)), [len(fold.smiles) for fold in folds]),
    )
