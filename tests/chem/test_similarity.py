from __future__ import annotations

import numpy as np

from molgnn.chem.depict import draw_svg
from molgnn.chem.similarity import nearest_similarity


def test_a_molecule_that_was_learned_from_is_as_near_as_can_be() -> None:
    found = nearest_similarity(["OCC", "CCCO", "c1ccccc1"], ["CCO", "CCCCO"])
    assert found[0] == 1
    assert 0 < found[1] < 1
    assert found[2] == 0


def test_without_references_nothing_is_near() -> None:
    assert np.isnan(nearest_similarity(["CCO"], [])).all()
    assert len(nearest_similarity([], ["CCO"])) == 0


def test_a_picture_is_an_element_of_a_page() -> None:
    svg = draw_svg("CC(=O)Oc1ccccc1C(=O)O", width=200, height=100)
    assert svg.startswith("<svg")
    assert svg.rstrip().endswith("</svg>")
    assert "200px" in svg
