from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from typer.testing import Result

from molgnn.cli.doctor import EXAMINATIONS
from molgnn.graph import dgl_runtime

Call = Callable[..., Result]


def test_a_sound_installation_is_described_part_by_part(call: Call) -> None:
    result = call("doctor")
    assert result.exit_code == 0
    assert re.findall(r"^(?:ok|note) +(\S+)", result.stdout, re.MULTILINE) == list(EXAMINATIONS)
    assert "graphbolt" in result.stdout
    assert "in training on a CPU, DGL's for max_over_senders" in result.stdout


def test_the_findings_are_printed_as_json(call: Call) -> None:
    record = json.loads(call("doctor", "--json").stdout)
    assert list(record) == list(EXAMINATIONS)
    assert record["RDKit"] | {"state": ""} == {
        "state": "",
        "fix": "",
        "broken": False,
        "mark": "ok",
    }


def test_a_broken_dgl_is_found_with_its_fix(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    report = dgl_runtime.DglReport("2.1.0", "stood in", cuda=False, problem="OSError: libdgl.so")
    monkeypatch.setattr(dgl_runtime, "describe", lambda: report)
    result = call("doctor")
    assert result.exit_code == 1
    broken, fix = result.stdout[result.stdout.index("BROKEN") :].splitlines()[:2]
    assert broken.split(maxsplit=2) == ["BROKEN", "DGL", "OSError: libdgl.so"]
    assert "fix: pip install" in fix


def test_a_part_that_raises_is_broken_and_the_others_are_looked_at(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ImportError("libgomp.so.1")

    monkeypatch.setitem(EXAMINATIONS, "PyTorch", fail)
    result = call("doctor")
    assert result.exit_code == 1
    assert "BROKEN  PyTorch     ImportError: libgomp.so.1" in result.stdout
    assert "RDKit" in result.stdout
