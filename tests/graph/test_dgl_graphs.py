"""Molecules as graphs of DGL, equal to DGL-LifeSci's, and back again without a loss."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from rdkit.rdBase import BlockLogs

from molgnn.chem.standardize import Standardizer
from molgnn.errors import ConfigError, InvalidSmiles, UnknownName
from molgnn.graph.batch import GraphBatch
from molgnn.graph.dgl_graphs import from_dgl, is_dgl, to_dgl
from molgnn.graph.dgl_runtime import dgl
from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.graph.presets.column import Preset

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from dgllife.utils import (
        AttentiveFPAtomFeaturizer,
        AttentiveFPBondFeaturizer,
        CanonicalAtomFeaturizer,
        CanonicalBondFeaturizer,
        smiles_to_bigraph,
    )

DGLLIFE = {
    "canonical": (CanonicalAtomFeaturizer, CanonicalBondFeaturizer),
    "attentivefp": (AttentiveFPAtomFeaturizer, AttentiveFPBondFeaturizer),
}
SMILES = ["CCO", "C", "[Na+].[Cl-]", "c1ccccc1C(=O)O"]


@pytest.fixture(scope="module")
def drugs(library: Path) -> list[str]:
    with library.open(encoding="utf-8") as file:
        return [row["smiles"] for row in csv.DictReader(file)][::20]


@pytest.mark.parametrize("name", DGLLIFE)
def test_nodes_edges_and_features_are_those_of_dgllife(name: str, drugs: list[str]) -> None:
    read_atoms, read_bonds = (featurizer() for featurizer in DGLLIFE[name])
    ours = to_dgl(drugs, name, unbatch=True)
    with BlockLogs():  # RDKit deprecates what dgllife calls
        theirs = [
            smiles_to_bigraph(text, False, read_atoms, read_bonds, canonical_atom_order=False)
            for text in drugs
        ]
    for mine, reference in zip(ours, theirs, strict=True):
        assert mine.num_nodes() == reference.num_nodes()
        ends = zip(mine.edges(order="eid"), reference.edges(order="eid"), strict=True)
        assert all(torch.equal(own, other.long()) for own, other in ends)
        torch.testing.assert_close(mine.ndata["h"], reference.ndata["h"])
        if mine.num_edges():
            torch.testing.assert_close(mine.edata["e"], reference.edata["e"])


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_features_have_the_widths_of_the_preset_in_either_direction(preset: Preset) -> None:
    graph = to_dgl(SMILES, preset)
    assert graph.batch_size == len(SMILES)
    assert graph.ndata["h"].shape == (graph.num_nodes(), preset.atom_dim)
    assert graph.edata["e"].shape == (graph.num_edges(), preset.bond_dim)
    assert graph.ndata["h"].dtype == graph.edata["e"].dtype == torch.float32
    assert torch.equal(graph.edata["e"][0::2], graph.edata["e"][1::2])


def test_a_model_of_dgl_nn_runs_on_it() -> None:
    graph = to_dgl(SMILES)
    width = graph.ndata["h"].shape[1]
    states = dgl.nn.GraphConv(width, 8, allow_zero_in_degree=True)(graph, graph.ndata["h"])
    assert dgl.nn.SumPooling()(graph, states).shape == (len(SMILES), 8)


def test_a_single_smiles_is_a_graph_of_one_molecule() -> None:
    assert to_dgl("CCO").batch_size == 1
    assert [graph.num_nodes() for graph in to_dgl("CCO", unbatch=True)] == [3]


def test_no_smiles_is_a_graph_without_molecules() -> None:
    assert to_dgl([]).num_nodes() == 0
    assert to_dgl([], unbatch=True) == []


def test_a_smiles_that_gives_no_molecule_is_named_with_its_position() -> None:
    with pytest.raises(InvalidSmiles, match=r"'c1cccc1' at position 1 \(cannot kekulize.*fix: "):
        to_dgl(["CCO", "c1cccc1", "C"])


def test_on_request_it_is_a_graph_without_nodes_and_the_others_keep_their_positions() -> None:
    graphs = to_dgl(["CCO", "c1cccc1", "C", ""], invalid="empty", unbatch=True)
    assert [graph.num_nodes() for graph in graphs] == [3, 0, 1, 0]


def test_a_standardizer_cleans_up_first() -> None:
    graphs = to_dgl(["CC(=O)[O-].[Na+]", "*"], standardizer=Standardizer(), invalid="empty")
    assert graphs.batch_num_nodes().tolist() == [4, 0]
    assert to_dgl("CC(=O)[O-].[Na+]").num_nodes() == 5
    with pytest.raises(InvalidSmiles, match=r"'\*' at position 0 \(dummy atom"):
        to_dgl("*", standardizer=Standardizer())


def test_an_unknown_preset_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="did you mean canonical"):
        to_dgl("C", "cannonical")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_way_to_graphs_and_back_changes_nothing(preset: str, drugs: list[str]) -> None:
    molecules = Featurizer(preset)(drugs).molecules
    for graphs in (to_dgl(drugs, preset), to_dgl(drugs, preset, unbatch=True)):
        returned = from_dgl(graphs, PRESETS[preset])
        for name, values in vars(molecules).items():
            np.testing.assert_array_equal(getattr(returned, name), values)


def test_several_batched_graphs_are_taken_one_after_the_other() -> None:
    returned = from_dgl([to_dgl(SMILES[:2]), to_dgl(SMILES[2:])], PRESETS["canonical"])
    assert returned.n_atoms.tolist() == [3, 1, 2, 9]


def test_what_is_no_graph_among_graphs_is_named() -> None:
    with pytest.raises(ConfigError, match="expected graphs of DGL alone but got 'CCO' among"):
        from_dgl([to_dgl("C"), "CCO"], PRESETS["canonical"])


@pytest.mark.parametrize("made", PRESETS)
@pytest.mark.parametrize("expected", PRESETS)
def test_graphs_of_another_preset_are_refused(made: str, expected: str) -> None:
    graph = to_dgl("c1ccccc1C(=O)O", made)
    if made == expected:
        assert len(from_dgl(graph, PRESETS[expected])) == 1
        return
    message = f"preset '{expected}' but got others; fix: molgnn.to_dgl"
    with pytest.raises(ConfigError, match=message):
        from_dgl(graph, PRESETS[expected])


def test_graphs_whose_features_were_changed_are_refused() -> None:
    graph = to_dgl("CCO")
    graph.ndata["h"] = 2 * graph.ndata["h"]
    with pytest.raises(ConfigError, match="preset 'canonical' but got others"):
        from_dgl(graph, PRESETS["canonical"])


def test_graphs_with_self_loops_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"two directions of bond i.*fix: molgnn\.to_dgl"):
        GraphBatch.from_dgl(dgl.add_self_loop(to_dgl("CCO")))


def test_graphs_without_codes_are_refused() -> None:
    graph = dgl.graph(([0, 1], [1, 0]))
    graph.ndata["h"] = torch.zeros(2, 3)
    with pytest.raises(ConfigError, match=r"expected codes, uint8, .* but got \['h'\]"):
        GraphBatch.from_dgl(graph)


def test_a_graph_is_told_from_everything_else() -> None:
    graph = to_dgl(SMILES)
    assert all(map(is_dgl, [graph, [graph], (graph,), dgl.unbatch(graph)]))
    assert not any(map(is_dgl, ["CCO", ["CCO"], [], None, np.array(["CCO"])]))
