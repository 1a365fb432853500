from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.accuracy.scores import (
    Score,
    import_scores,
    load_scores,
    save_score,
    score_name,
)

MakeScore = Callable[..., Score]


def test_what_older_settings_gave_is_neither_counted_nor_taken_for_done(
    make_score: MakeScore, tmp_path: Path
) -> None:
    for settings, value in (("old", 0.5), ("new", 0.9)):
        save_score(make_score("bbbp/kpgt0", "dmpnn", 0, value, settings_hash=settings), tmp_path)
    save_score(make_score("bbbp/kpgt0", "forest", 0, 0.7), tmp_path)
    found = load_scores(tmp_path, ["bbbp/kpgt0"], {"forest": "", "dmpnn": "new"})
    assert [(each.model, each.value) for each in found] == [("forest", 0.7), ("dmpnn", 0.9)]
    names = {score_name("bbbp/kpgt0", "dmpnn", 0, settings) for settings in ("old", "new")}
    assert names == {path.stem for path in tmp_path.glob("*dmpnn*.json")}


def test_what_another_machine_has_measured_is_imported_beside_what_is_there(
    make_score: MakeScore, tmp_path: Path
) -> None:
    here, there = (
        make_score("bbbp/kpgt0", "dmpnn", 0, 0.9),
        make_score("bbbp/kpgt0", "dmpnn", 0, 0.1),
    )
    other = make_score("bbbp/kpgt0", "chemprop", 1, 0.8)
    save_score(here, tmp_path / "scores")
    known = tmp_path / "known.json"
    known.write_text(json.dumps({"scores": [there.to_json(), other.to_json()]}))
    import_scores(known, tmp_path / "scores")
    found = load_scores(tmp_path / "scores", ["bbbp/kpgt0"], {"dmpnn": "", "chemprop": ""})
    assert [s.value for s in found] == [0.9, 0.8]


def test_a_score_outlives_its_json(make_score: MakeScore) -> None:
    score = make_score("bbbp/kpgt0", "dmpnn", 0, 0.9, settings_hash="abc")
    assert Score.from_json(json.loads(json.dumps(score.to_json()))) == score
