"""A screening that was stopped leaves what is done, and the same call resumes behind it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from molgnn.errors import FileProblem
from molgnn.screening import screen
from molgnn.screening.manifest import Manifest

Interrupted = Callable[[int], AbstractContextManager[pytest.ExceptionInfo[KeyboardInterrupt]]]


OUTPUTS: list[tuple[str, dict[str, Any]]] = [
    ("out.csv", {}),
    ("out.tsv.gz", {}),
    ("out.parquet", {}),
    ("out.sdf", {}),
    ("out.csv", {"where": "SR-p53 > 0.4"}),
    ("out.csv", {"top": 5, "by": "mean"}),
]
# Every output once, and one output wherever it may be stopped; the other pairs are slow.
PAIRS = [
    pytest.param(*output, n, marks=[] if n == 5 or output == OUTPUTS[0] else pytest.mark.slow)
    for output, n in product(OUTPUTS, [0, 1, 2, 5, 11])
]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(("name", "options", "n_chunks"), PAIRS)
def test_however_often_it_is_stopped_the_output_is_the_same_to_the_byte(
    long_library: Path,
    tiny_bundle: Path,
    name: str,
    options: dict[str, Any],
    n_chunks: int,
    interrupted_after: Interrupted,
) -> None:
    options = {"chunk_size": 7, **options}
    undisturbed, stopped = long_library.with_name(f"un{name}"), long_library.with_name(name)
    expected = screen(long_library, tiny_bundle, output=undisturbed, **options)
    for _ in range(2):
        with interrupted_after(n_chunks):
            screen(long_library, tiny_bundle, output=stopped, **options)
        assert not stopped.exists()
    summary = screen(long_library, tiny_bundle, output=stopped, **options)
    assert summary.counts == expected.counts
    assert summary.written == expected.written
    assert summary.resumed == 2 * 14 * (n_chunks // 2)
    assert stopped.read_bytes() == undisturbed.read_bytes()
    assert {path.name for path in long_library.parent.iterdir()} == {
        "long.smi", f"un{name}", name,
    }  # fmt: skip


@pytest.mark.usefixtures("small_parts")
def test_whoever_stops_it_is_told_what_is_safe(
    long_library: Path, tiny_bundle: Path, interrupted_after: Interrupted
) -> None:
    with interrupted_after(5) as caught:
        screen(long_library, tiny_bundle, output=long_library.with_name("out.csv"), chunk_size=7)
    [note] = caught.value.__notes__
    assert note.startswith("28 rows are done and safe in ")
    assert "out.csv.parts" in note


@pytest.mark.usefixtures("small_parts")
def test_more_or_fewer_workers_may_go_on(
    long_library: Path, tiny_bundle: Path, interrupted_after: Interrupted
) -> None:
    output, whole = long_library.with_name("out.csv"), long_library.with_name("whole.csv")
    screen(long_library, tiny_bundle, output=whole, chunk_size=7)
    with interrupted_after(5):
        screen(long_library, tiny_bundle, output=output, chunk_size=7)
    assert screen(long_library, tiny_bundle, output=output, chunk_size=7, workers=2).resumed == 28
    assert output.read_bytes() == whole.read_bytes()


def test_a_run_that_ended_after_its_output_was_in_place_is_complete(
    library_file: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = library_file.with_name("out.csv")
    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "discard", lambda _: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            screen(library_file, tiny_bundle, output=output)
    before = output.read_bytes()
    assert screen(library_file, tiny_bundle, output=output).resumed == 4
    assert output.read_bytes() == before
    assert set(library_file.parent.iterdir()) == {library_file, output}
    with pytest.raises(FileProblem, match="exists already"):
        screen(library_file, tiny_bundle, output=output)


@pytest.mark.parametrize("ending", [SystemExit(143), KeyboardInterrupt()])
def test_an_end_on_the_way_leaves_no_file(
    library_file: Path, length_model: Any, ending: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = length_model.predict

    def stop_at_the_last(smiles: list[str]) -> Any:
        if smiles == ["CC"]:
            raise ending
        return predict(smiles)

    monkeypatch.setattr(length_model, "predict", stop_at_the_last)
    with pytest.raises(type(ending)):
        screen(library_file, length_model, output=library_file.with_name("out.csv"), chunk_size=1)
    assert list(library_file.parent.iterdir()) == [library_file]


def test_signals_are_handled_as_before_when_it_is_over(
    library_file: Path, length_model: Any
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    screen(library_file, length_model, output=library_file.with_name("out.csv"))
    assert signal.getsignal(signal.SIGTERM) is before
