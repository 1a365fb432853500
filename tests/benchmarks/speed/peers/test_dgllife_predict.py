from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import molgnn
from benchmarks.libraries import clean_library
from benchmarks.speed.peers.dgllife_predict import predict
from molgnn.zoo.store import resolve

SMILES = ("CCO", "c1ccccc1C(=O)N", "C[C@H](N)C(=O)O", "C", "CC(C)(c1ccc(O)cc1)c1ccc(O)cc1")


@pytest.mark.parametrize("network", ["gcn", "mpnn"])
def test_dgllife_with_our_weights_gives_our_probabilities(network: str, tmp_path: Path) -> None:
    source, output = tmp_path / "rows.smi", tmp_path / "out.csv"
    source.write_text("\n".join(SMILES) + "\n")
    library = clean_library([source], len(SMILES), tmp_path)
    predict(library, output, resolve(f"{network}.tox21"), network, batch_size=2)
    theirs = pd.read_csv(output)
    ours = molgnn.load(f"{network}.tox21", device="cpu").predict(list(SMILES)).to_frame()
    tasks = list(theirs.columns[2:])
    assert len(tasks) == 12
    np.testing.assert_allclose(theirs[tasks], ours[tasks], atol=1e-5)
