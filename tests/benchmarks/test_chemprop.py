from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.chemprop import table_for_chemprop
from benchmarks.datasets import Case


def test_chemprop_gets_the_same_rows_with_its_own_word_for_validation(
    case: Case, tmp_path: Path
) -> None:
    ours, theirs = (
        pd.read_csv(path) for path in (case.path, table_for_chemprop(case, tmp_path / "t.csv"))
    )
    assert theirs["part"].tolist() == ["train", "train", "val", "test"]
    assert theirs.drop(columns="part").equals(ours.drop(columns="part"))
