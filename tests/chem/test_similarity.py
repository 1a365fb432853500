from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from rdkit.Chem import MolFromSmiles
from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator
from rdkit.DataStructs import BulkTanimotoSimilarity
from scipy.sparse import csr_matrix

from molgnn.chem.depict import draw_svg
from molgnn.chem.descriptors import compute_features
from molgnn.chem.similarity import SIMILARITY_FEATURES, nearest_similarity


def fingerprints(*smiles: str) -> csr_matrix:
    return compute_features(smiles, SIMILARITY_FEATURES).to_csr()


def test_a_molecule_that_was_learned_from_is_as_near_as_can_be() -> None:
    found = nearest_similarity(
        fingerprints("OCC", "CCCO", "c1ccccc1"), fingerprints("CCO", "CCCCO")
    )
    assert found[0] == 1
    assert 0 < found[1] < 1
    assert found[2] == 0


def test_the_similarity_is_that_of_rdkits_ecfp4_bits(library: Path) -> None:
    smiles = list(pd.read_csv(library)["smiles"][:60])
    generator = GetMorganGenerator(radius=2, fpSize=2048)
    bits = [generator.GetFingerprint(MolFromSmiles(text)) for text in smiles]
    expected = [max(BulkTanimotoSimilarity(each, bits[20:])) for each in bits[:20]]
    found = nearest_similarity(fingerprints(*smiles[:20]), fingerprints(*smiles[20:]))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_without_references_or_a_fingerprint_nothing_is_known_to_be_near() -> None:
    ethanol, none = fingerprints("CCO"), fingerprints("CCO")[:0]
    assert np.isnan(nearest_similarity(ethanol, none)).all()
    assert len(nearest_similarity(none, ethanol)) == 0
    assert np.isnan(nearest_similarity(fingerprints("C1CC"), ethanol)).all()


def test_a_picture_is_an_element_of_a_page() -> None:
    svg = draw_svg("CC(=O)Oc1ccccc1C(=O)O", width=200, height=100)
    assert svg.startswith("<svg")
    assert svg.rstrip().endswith("</svg>")
    assert "200px" in svg
