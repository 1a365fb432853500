from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from molgnn.graph.featurizer import Featurizer
from molgnn.graph.presets import PRESETS
from molgnn.graph.presets.column import Column, expand
from molgnn.nn.features import FeatureLinear


@pytest.fixture(params=[(name, part) for name in PRESETS for part in ("atoms", "bonds")], ids=str)
def columns_and_codes(
    request: pytest.FixtureRequest, drugs: list[str]
) -> tuple[Sequence[Column], Tensor]:
    name, part = request.param
    batch = Featurizer(name)(drugs[:20]).molecules.batch()
    if part == "atoms":
        return PRESETS[name].atoms, batch.atom_codes
    return PRESETS[name].bonds, batch.bond_codes


@pytest.mark.parametrize("bias", [True, False])
def test_it_equals_linear_on_the_feature_vectors(
    columns_and_codes: tuple[Sequence[Column], Tensor], bias: bool
) -> None:
    columns, codes = columns_and_codes
    layer = FeatureLinear(columns, 16, bias=bias)
    linear = nn.Linear(sum(column.width for column in columns), 16, bias=bias)
    linear.load_state_dict(layer.linear.state_dict())
    features = torch.from_numpy(expand(codes.numpy(), columns))
    expected, states = linear(features), layer(codes)
    assert_close(states, expected, atol=1e-6, rtol=1e-5)

    upstream = torch.randn_like(states)
    assert_close(
        torch.autograd.grad(states, list(layer.parameters()), upstream),
        torch.autograd.grad(expected, list(linear.parameters()), upstream),
        atol=1e-4,  # sums over all rows
        rtol=1e-5,
    )


def test_no_rows_give_no_states_and_no_gradient() -> None:
    columns = PRESETS["canonical"].bonds
    layer = FeatureLinear(columns, 16)
    states = layer(torch.zeros(0, len(columns), dtype=torch.uint8))
    states.sum().backward()
    assert states.shape == (0, 16)
    assert not layer.linear.weight.grad.any()


def test_only_the_parameters_of_linear_are_saved() -> None:
    layer = FeatureLinear(PRESETS["canonical"].atoms, 16)
    assert set(layer.state_dict()) == {"linear.weight", "linear.bias"}
