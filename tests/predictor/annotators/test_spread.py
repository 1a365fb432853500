"""The spread is how far the members of an ensemble disagree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from molgnn.assess.calibration import Calibration
from molgnn.errors import ConfigError
from molgnn.predictor.annotators.spread import standard_deviation
from molgnn.predictor.bundle import Bundle
from molgnn.predictor.predictor import Predictor
from molgnn.predictor.schema import Role

MOLECULES = ["CCO", "c1ccccc1O", "no", "CC(=O)Oc1ccccc1C(=O)O"]


def test_it_is_the_deviation_of_what_each_member_alone_would_predict(tiny_ensemble: Path) -> None:
    bundle = Bundle.load(tiny_ensemble)
    calibrated = replace(bundle, calibration=Calibration((2.0, 1.0, 1.0), (-1.0, 0.5, 0.0)))
    alone = [
        Predictor(replace(calibrated, members=(member,))).predict(MOLECULES).values
        for member in bundle.members
    ]
    predictions = Predictor(calibrated).predict(MOLECULES, add="spread")
    for place, task in enumerate(bundle.tasks.names):
        expected = np.std([values[:, place] for values in alone], axis=0)
        np.testing.assert_allclose(predictions[f"{task}_spread"], expected, rtol=1e-4)
    assert np.isnan(predictions["NR-AR_spread"]).tolist() == [False, False, True, False]


def test_each_task_has_its_own_in_its_unit(tiny_ensemble: Path) -> None:
    columns = Predictor.load(tiny_ensemble, add=["spread"]).columns.with_role(Role.UNCERTAINTY)
    assert [(column.name, column.task, column.unit) for column in columns] == [
        ("NR-AR_spread", "NR-AR", ""),
        ("SR-p53_spread", "SR-p53", ""),
        ("logS_spread", "logS", "log10(mol/L)"),
    ]


def test_a_single_network_has_none_and_that_is_said_before_any_work(tiny_bundle: Path) -> None:
    with pytest.raises(ConfigError, match=r"several members .* but got a single one; fix: train"):
        Predictor.load(tiny_bundle, add=["spread"])


def test_a_molecule_has_the_same_bits_whatever_stands_beside_it() -> None:
    values = np.random.default_rng(0).random((5, 40, 3), dtype=np.float32)
    together = standard_deviation(values)
    alone = np.concatenate([standard_deviation(values[:, [mol]]) for mol in range(40)])
    assert together.tobytes() == alone.tobytes()
