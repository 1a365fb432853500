"""Whatever the output depends on and has changed meanwhile is refused, and named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from molgnn.errors import BundleError, FileProblem
from molgnn.screening import screen

Interrupted = Callable[[int], AbstractContextManager[pytest.ExceptionInfo[KeyboardInterrupt]]]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda library, _: library.write_bytes(library.read_bytes() + b"CCO\n"), "the input"),
        (lambda _, options: options.update(model="gcn.tox21"), "the model sha256"),
        (lambda _, options: options.update(where="max > 0.1"), "the option where"),
        (lambda _, options: options.update(columns=["smiles"]), "the option columns"),
        (lambda _, options: options.update(chunk_size=8), "the option chunk size"),
        (lambda _, options: options.update(id_column="smiles"), "the option id column"),
    ],
)
def test_what_has_changed_meanwhile_is_refused_until_it_is_restarted(
    long_library: Path,
    tiny_bundle: Path,
    change: Any,
    told: str,
    interrupted_after: Interrupted,
) -> None:
    output = long_library.with_name("out.csv")
    options: dict[str, Any] = {"model": tiny_bundle, "output": output, "chunk_size": 7}
    with interrupted_after(5):
        screen(long_library, **options)
    change(long_library, options)
    with pytest.raises(FileProblem, match=f"{told}.* was .*restart=…"):
        screen(long_library, **options)
    assert screen(long_library, **options, restart=True).resumed == 0
    assert output.exists()


@pytest.mark.usefixtures("small_parts")
def test_files_in_another_order_are_another_library(
    long_library: Path, tiny_bundle: Path, interrupted_after: Interrupted
) -> None:
    files = [long_library, long_library.with_name("second.smi")]
    files[1].write_bytes(long_library.read_bytes())
    output = long_library.with_name("out.csv")
    with interrupted_after(5):
        screen(files, tiny_bundle, output=output, chunk_size=7)
    with pytest.raises(FileProblem, match="the option order of files was"):
        screen(files[::-1], tiny_bundle, output=output, chunk_size=7)


@pytest.mark.usefixtures("small_parts")
def test_a_library_that_changes_while_it_is_read_gives_no_output(
    long_library: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from molgnn.screening.engines import serial

    def score_and_append(*args: Any) -> Any:
        with long_library.open("ab") as file:
            file.write(b"CCO\n")
        return score(*args)

    score = serial.run_task
    monkeypatch.setattr(serial, "run_task", score_and_append)
    output = long_library.with_name("out.csv")
    with pytest.raises(FileProblem, match="was changed while it was read"):
        screen(long_library, tiny_bundle, output=output)
    assert not output.exists()


def test_a_model_that_changes_while_it_is_in_use_gives_no_output(
    long_library: Path, tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from molgnn import zoo
    from molgnn.screening.engines import serial

    folder = tmp_path / "model"
    shutil.copytree(tiny_bundle, folder)

    def score_and_replace(*args: Any) -> Any:
        shutil.copytree(zoo.store.resolve("gcn.tox21"), folder, dirs_exist_ok=True)
        return score(*args)

    score = serial.run_task
    monkeypatch.setattr(serial, "run_task", score_and_replace)
    with pytest.raises(BundleError, match="was changed while it was in use"):
        screen(long_library, folder, output=tmp_path / "out.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"long.smi", "model"}
