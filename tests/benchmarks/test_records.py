from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.records import read_record, write_record


def test_a_record_says_when_and_on_what_it_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "results" / "a.json"
    record = write_record(path, {"memory": {1000: 5}})
    assert list(record) == ["date", "machine", "versions", "memory"]
    assert record["machine"]["cores"] >= 1
    assert "rdkit" in record["versions"]
    assert record == read_record(path)
    assert record["memory"] == {"1000": 5}


def test_a_figure_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_record(tmp_path / "a.json", {"seconds": float("nan")})
    assert not (tmp_path / "a.json").exists()
