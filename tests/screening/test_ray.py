from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from molgnn.errors import BundleError, ConfigError, MissingDependency
from molgnn.screening.chunks import ScoredChunk
from molgnn.screening.engines import EngineOptions
from molgnn.screening.engines.ray import RayEngine
from molgnn.screening.engines.serial import SerialEngine

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.xdist_group("ray")  # clusters of one computer may be in each other's way


@pytest.fixture
def faults(faults: Any) -> Iterator[Any]:
    """Send faults.py along, which actors cannot import."""
    ray.cloudpickle.register_pickle_by_value(faults)
    yield faults
    ray.cloudpickle.unregister_pickle_by_value(faults)


@pytest.fixture(scope="class")
def connection() -> Iterator[None]:
    """Connect to a cluster of this computer, as a user's program may have done already."""
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def bytes_of(scored: list[ScoredChunk]) -> list[tuple[bytes, list[str]]]:
    return [
        (
            chunk.predictions.values.tobytes(),
            [why.reason for why in chunk.predictions.rejected.values()],
        )
        for chunk in scored
    ]


@pytest.mark.slow
def test_a_node_that_is_lost_in_mid_run_changes_nothing(
    tiny_bundle: Path, library: Path, faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ray.cluster_utils import Cluster

    monkeypatch.setattr("molgnn.screening.engines.actor.SECONDS_TO_FIND_ROOM", 1)
    drugs = [line.split(",")[1] for line in library.read_text("utf-8").splitlines()[1:181]]
    pieces = [[*drugs[i : i + 10], ""] for i in range(0, 180, 10)]
    serial = SerialEngine(tiny_bundle, EngineOptions(device="cpu")).run(faults.chunks_of(*pieces))
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    try:
        second = cluster.add_node(num_cpus=1)
        options = EngineOptions(workers=2, device="cpu", address=cluster.address)
        with closing(RayEngine(tiny_bundle, options).run(faults.chunks_of(*pieces))) as scored:
            begun = [next(scored) for _ in range(4)]
            free = ray.available_resources().get("CPU", 0)
            cluster.remove_node(second, allow_graceful=False)
            rest = list(scored)
    finally:
        cluster.shutdown()
    assert free == 0, "both nodes were at work"
    assert bytes_of(begun + rest) == bytes_of(list(serial))


@pytest.mark.slow
@pytest.mark.usefixtures("connection")
class TestOfAClusterInUse:
    """A program of the user is connected to a cluster already."""

    def test_a_row_with_a_fault_costs_that_row(
        self, tiny_bundle: Path, faults: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("molgnn.screening.engines.ray.load_from_files", faults.load_lengths)
        engine = RayEngine(tiny_bundle, EngineOptions(workers=2, row_timeout=2))
        chunks = [["C", "raise", "CC"], ["hang", "CCC"], ["segfault", "CCCC"]]
        first, second, third = engine.run(faults.chunks_of(*chunks))
        assert [
            {row: why.reason for row, why in chunk.predictions.rejected.items()}
            for chunk in (first, second, third)
        ] == [
            {1: "error: ValueError: no such element"},
            {0: "timeout: no result after 2 s"},
            {0: "crash: its Ray actor died"},
        ]
        assert first.predictions.values[[0, 2], 0].tolist() == [1, 2]
        assert second.predictions.values[1, 0] == 3
        assert third.predictions.values[1, 0] == 4
        assert ray.is_initialized()

    def test_an_error_on_loading_reaches_the_user(
        self, tiny_bundle: Path, faults: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("molgnn.screening.engines.ray.load_from_files", faults.load_nothing)
        with pytest.raises(BundleError, match="the weights are not as they were"):
            list(RayEngine(tiny_bundle, EngineOptions()).run(faults.chunks_of(["C"])))


@pytest.mark.slow
def test_a_cluster_of_this_computer_starts_by_itself_and_is_ended(
    tiny_bundle: Path, faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("molgnn.screening.engines.ray.load_from_files", faults.load_lengths)
    scored = RayEngine(tiny_bundle, EngineOptions(workers=1)).run(faults.chunks_of(["C"], ["hang"]))
    next(scored)
    assert ray.cluster_resources()["CPU"] == 1
    scored.close()
    assert not ray.is_initialized()


def test_an_address_without_a_cluster_is_refused(tiny_bundle: Path, faults: Any) -> None:
    engine = RayEngine(tiny_bundle, EngineOptions(address="127.0.0.1:1"))
    with pytest.raises(ConfigError, match=r"expected a Ray cluster at '127.0.0.1:1'"):
        list(engine.run(faults.chunks_of(["C"])))


def test_the_user_is_told_how_to_install_ray(
    tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingDependency, match=r"pip install 'molgnn-dgl\[ray\]'"):
        RayEngine(tiny_bundle, EngineOptions())
