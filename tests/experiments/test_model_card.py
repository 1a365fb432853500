"""What the card of a model says, which a user has trained."""

from __future__ import annotations

from pathlib import Path

import molgnn
from molgnn.fitting.config import TrainingConfig


def test_the_card_of_a_model_that_reads_structures_as_drawn_says_so(
    table: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    as_drawn = config.changed(standardize="off", epochs=1)
    run = molgnn.train(table, tmp_path / "run", as_drawn, report=False)
    assert any("as they were drawn" in limit for limit in run.predictor.card.limits)


def test_the_card_of_a_model_that_cleans_structures_up_has_no_such_limit(
    run: molgnn.Run,
) -> None:
    assert not any("as they were drawn" in limit for limit in run.predictor.card.limits)
