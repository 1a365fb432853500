"""The programs whose screening is timed: each reads the same library and writes a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chemprop import CHEMPROP, CUIK_MOLMAKER, chemprop_environment
from benchmarks.libraries import sample_library
from benchmarks.processes import MOLGNN, PYTHON, Command, measure
from molgnn.zoo.store import resolve

PEERS = Path(__file__).resolve().parent / "peers"
DGLLIFE_BATCH_SIZES = (128, 512)
ROWS_TO_CHOOSE_BY = 1000


@dataclass(frozen=True)
class Program:
    """A program that scores a library.

    Parameters
    ----------
    name
        What ``--programs`` calls it.
    title
        What the table calls it.
    command
        From the library and the output to the command line.
    is_slow
        Whether it needs about a millisecond per row or more, so that it may be given fewer rows.
    """

    name: str
    title: str
    command: Callable[[Path, Path], Command]
    is_slow: bool = False


def make_program(name: str, library: Path, workdir: Path) -> Program:
    """Return one of `PROGRAMS`, with its environment and its model made ready."""
    return _MAKERS[name](name, library, workdir)


def _parse_only(name: str, library: Path, workdir: Path) -> Program:
    n = name[-1]

    def command(library: Path, output: Path) -> Command:
        return [PYTHON, PEERS / "parse_only.py", library, "--processes", n]

    return Program(name, f"MolFromSmiles alone, {n} process{'' if n == '1' else 'es'}", command)


def _molgnn(name: str, library: Path, workdir: Path) -> Program:
    _, encoder, n = name.split("-")

    def command(library: Path, output: Path) -> Command:
        options = ["-m", f"{encoder}.tox21", "--workers", n, "--overwrite"]
        return [MOLGNN, "screen", library, "-o", output, *options]

    return Program(name, f"molgnn {encoder}.tox21, {n} worker{'' if n == '1' else 's'}", command)


def _chemprop(name: str, library: Path, workdir: Path) -> Program:
    folder = chemprop_environment(workdir)
    model = workdir / "chemprop-300-3-12.pt"
    if not model.exists():
        script = PEERS / "chemprop_model.py"
        measure([folder / "bin" / "python", script, model], workdir / "chemprop-model.log")
    mode, options = _CHEMPROP_MODES[name]

    def command(library: Path, output: Path) -> Command:
        files: Command = ["-i", library, "-o", output, "--model-paths", model, "-s", "smiles"]
        return [folder / "bin" / "chemprop", "predict", *files, "--accelerator", "cpu", *options]

    return Program(name, f"chemprop {CHEMPROP}{mode}", command)


def _dgllife(name: str, library: Path, workdir: Path) -> Program:
    network = name.removeprefix("dgllife-")

    def command_of(size: int) -> Callable[[Path, Path], Command]:
        def command(library: Path, output: Path) -> Command:
            bundle: Command = ["--bundle", resolve(f"{network}.tox21"), "--network", network]
            script = PEERS / "dgllife_predict.py"
            return [PYTHON, script, library, output, *bundle, "--batch-size", str(size)]

        return command

    sample = sample_library(library, ROWS_TO_CHOOSE_BY)
    log, output = workdir / f"{name}-batch-size.log", workdir / f"{name}-batch-size.csv"
    seconds = {
        size: measure(command_of(size)(sample, output), log).seconds for size in DGLLIFE_BATCH_SIZES
    }
    best = min(seconds, key=seconds.__getitem__)
    title = f"dgllife {network.upper()}, batches of {best}"
    return Program(name, title, command_of(best), is_slow=True)


_CHEMPROP_MODES: dict[str, tuple[str, list[str]]] = {
    "chemprop": ("", []),
    "chemprop-cuik": (", cuik-molmaker", [CUIK_MOLMAKER]),
    "chemprop-cuik-loader": (
        ", cuik-molmaker, 1 loader",
        [CUIK_MOLMAKER, "--num-workers", "1"],
    ),
}

_MAKERS: dict[str, Callable[[str, Path, Path], Program]] = {
    "parse-only-1": _parse_only,
    "parse-only-2": _parse_only,
    "molgnn-dmpnn-1": _molgnn,
    "molgnn-dmpnn-2": _molgnn,
    "molgnn-mpnn-1": _molgnn,
    "molgnn-mpnn-2": _molgnn,
    "molgnn-gcn-1": _molgnn,
    "molgnn-gcn-2": _molgnn,
    **dict.fromkeys(_CHEMPROP_MODES, _chemprop),
    "dgllife-gcn": _dgllife,
    "dgllife-mpnn": _dgllife,
}

PROGRAMS = tuple(_MAKERS)
