"""The page on a new encoder made of DGL layers, run as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import molgnn
from molgnn.errors import MissingDependency
from molgnn.nn.encoders import ENCODERS
from molgnn.nn.encoders.registry import ENVIRONMENT

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "new_dgl_encoder.md"

pytestmark = pytest.mark.xdist_group("new_dgl_encoder")  # all read the one training


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, blocks: list[str], library: Path) -> Path:
    """Return a folder with the page's module and a small table, in which its script has run."""
    folder = tmp_path_factory.mktemp("user")
    smiles = pd.read_csv(library)["smiles"].iloc[:60]
    has_nitrogen = smiles.str.contains("[Nn]").astype(int)
    table = pd.DataFrame({"smiles": smiles, "has_nitrogen": has_nitrogen})
    table.to_csv(folder / "assay.csv", index=False)
    (folder / "bond_gat.py").write_text(blocks[0], encoding="utf-8")
    quick = blocks[1].replace("network=network", "network=network, epochs=2, report=False")
    assert quick != blocks[1]
    ended = run_python(folder, quick)
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"^0 +CCO +ok +0\.\d", ended.stdout, re.MULTILINE)
    return folder


def run_python(folder: Path, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{folder}"} | variables
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_dgl_encoder_of_twenty_lines_is_trained_and_predicts(folder: Path) -> None:
    description = (folder / "runs" / "bond_gat" / "model" / "bundle.json").read_text("utf-8")
    assert '"encoder": "bond_gat.BondGAT"' in description
    assert '"hidden_dim": 32' in description
    assert '"n_heads": 4' in description


@pytest.mark.slow
def test_its_model_is_refused_where_the_class_is_not_registered(folder: Path) -> None:
    with pytest.raises(MissingDependency, match=r"'bond_gat.BondGAT'.*register_encoder\(BondGAT\)"):
        molgnn.load(folder / "runs" / "bond_gat")
    assert "bond_gat" not in sys.modules


@pytest.mark.slow
def test_its_model_loads_where_the_class_is_registered(
    folder: Path, blocks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv(ENVIRONMENT, "")
    names: dict[str, Any] = {}
    try:
        exec(blocks[2], names)
        assert names["model"].predict("CCO").ok.all()
    finally:
        del ENCODERS["bond_gat.BondGAT"], sys.modules["bond_gat"]


@pytest.mark.slow
def test_its_model_screens_where_a_variable_names_the_class(folder: Path) -> None:
    code = (
        "import sys; sys.argv = 'molgnn screen assay.csv -m runs/bond_gat -o out.csv --workers 1'"
        ".split()\nfrom molgnn.cli import main\nif __name__ == '__main__': main()"
    )
    ended = run_python(folder, code, MOLGNN_ENCODERS="bond_gat.BondGAT")
    assert ended.returncode == 0, ended.stderr
    assert (pd.read_csv(folder / "out.csv")["status"] == "ok").all()


def test_our_encoders_take_graphs_of_dgl(blocks: list[str]) -> None:
    names: dict[str, Any] = {}
    exec(blocks[3], names)
    assert names["states"].shape == (10, 64)
    assert names["graph"].batch_size == 2


def test_the_example_has_twenty_lines(blocks: list[str]) -> None:
    code = blocks[0] + blocks[1]
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
