from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from molgnn.chem.descriptors import FeatureTable, Kind
from molgnn.chem.descriptors.compute import compute_piece
from molgnn.chem.descriptors.table import BlockWriter, open_block


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    return compute_piece((("maccs", "morgan"), ["CCO", "not a molecule", "c1ccccc1"]))


def test_sets_stand_side_by_side(table: FeatureTable) -> None:
    assert len(table) == 3
    assert table.sets == ("maccs", "morgan")
    assert (table.columns[0], table.columns[166]) == ("maccs_1", "morgan_0")
    assert (table.kinds[0], table.kinds[166]) == (Kind.BINARY, Kind.COUNT)
    assert table.to_numpy().shape == (3, 166 + 2048)


def test_rows_are_picked_in_the_order_asked(table: FeatureTable) -> None:
    np.testing.assert_array_equal(table.to_numpy([2, 0]), table.to_numpy()[[2, 0]])
    is_picked = np.array([True, False, True])
    np.testing.assert_array_equal(table.to_csr(is_picked).toarray(), table.to_numpy([0, 2]))


def test_joined_tables_are_the_table_of_all(table: FeatureTable) -> None:
    joined = FeatureTable.concatenate([table, table])
    np.testing.assert_array_equal(joined.to_numpy(), np.tile(table.to_numpy(), (2, 1)))


def test_what_is_written_piece_by_piece_is_mapped_as_a_whole(
    table: FeatureTable, tmp_path: Path
) -> None:
    writer = BlockWriter(tmp_path)
    for _ in range(2):
        writer.append(table.blocks["morgan"])
    writer.finish()
    block = open_block(tmp_path)
    np.testing.assert_array_equal(block.toarray(), np.tile(table.to_numpy()[:, 166:], (2, 1)))
    assert is_mapped(block.data)
    assert is_mapped(block.indices)


def is_mapped(array: np.ndarray | None) -> bool:
    """Say whether an array is a view of a file."""
    while array is not None and not isinstance(array, np.memmap):
        array = array.base
    return array is not None


def test_a_set_without_any_feature_is_written_too(tmp_path: Path) -> None:
    writer = BlockWriter(tmp_path)
    writer.append(csr_matrix((4, 3), dtype=np.float32))
    writer.finish()
    assert open_block(tmp_path).toarray().tolist() == [[0] * 3] * 4


def test_a_file_cut_short_is_an_error(table: FeatureTable, tmp_path: Path) -> None:
    writer = BlockWriter(tmp_path)
    writer.append(table.blocks["morgan"])
    writer.finish()
    (tmp_path / "data.bin").write_bytes(b"1234")
    with pytest.raises(ValueError, match="not whole"):
        open_block(tmp_path)
