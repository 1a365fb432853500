"""Who takes part: each is a command that reads the cleaned library and, the floor aside, writes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from libraries import sample_library
from processes import Run, measure

from molgnn.errors import unknown_name
from molgnn.zoo.store import resolve

PEERS = Path(__file__).resolve().parent / "peers"
PYTHON = Path(sys.executable)
MOLGNN = PYTHON.with_name("molgnn")

CHEMPROP = "2.3.1"
TORCH_OF_CHEMPROP = "2.13.0"  # the release that the rest of the benchmark runs on
DGLLIFE_BATCH_SIZES = (128, 512)
ROWS_TO_CHOOSE_BY = 1000

Command = list[str | Path]


@dataclass(frozen=True)
class Contestant:
    """A way to score a library.

    Parameters
    ----------
    name
        What ``--contestants`` calls it.
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


def choose(text: str) -> list[str]:
    """Return the contestants that fit any of the patterns in a text; see `pick`."""
    return pick(text, list(_BUILDERS), "contestant")


def pick(text: str, names: Sequence[str], kind: str) -> list[str]:
    """Return the names that fit any of the patterns in a text, in their own order.

    Raises
    ------
    UnknownName
        If a pattern fits none.
    """
    patterns = text.split(",")
    for pattern in patterns:
        if not any(fnmatch(name, pattern) for name in names):
            raise unknown_name(kind, pattern, names)
    return [name for name in names if any(fnmatch(name, each) for each in patterns)]


def build(name: str, library: Path, workdir: Path) -> Contestant:
    """Make a contestant ready: environments, models and settings of its own."""
    return _BUILDERS[name](name, library, workdir)


def measure_afresh(command: Command, log: Path, workdir: Path) -> Run:
    """Run a command with an empty cache of molgnn, so that it does not live off an earlier one."""
    with tempfile.TemporaryDirectory(dir=workdir, prefix="cache-") as folder:
        return measure(command, log, {"MOLGNN_CACHE": folder})


def _floor(name: str, library: Path, workdir: Path) -> Contestant:
    n = int(name[-1])

    def command(library: Path, output: Path) -> Command:
        return [PYTHON, PEERS / "floor.py", library, "--processes", str(n)]

    return Contestant(name, f"MolFromSmiles alone, {_processes(n)}", command)


def _molgnn(name: str, library: Path, workdir: Path) -> Contestant:
    _, encoder, n = name.split("-")

    def command(library: Path, output: Path) -> Command:
        options = ["-m", f"{encoder}.tox21", "--workers", n, "--overwrite"]
        return [MOLGNN, "screen", library, "-o", output, *options]

    plural = "" if n == "1" else "s"
    return Contestant(name, f"molgnn {encoder}.tox21, {n} worker{plural}", command)


def _chemprop(name: str, library: Path, workdir: Path) -> Contestant:
    folder = chemprop_environment(workdir)
    model = workdir / "chemprop-300-3-12.pt"
    if not model.exists():
        script = PEERS / "chemprop_model.py"
        measure([folder / "bin" / "python", script, model], workdir / "chemprop-model.log")
    title, options = _CHEMPROP_MODES[name]

    def command(library: Path, output: Path) -> Command:
        files: Command = ["-i", library, "-o", output, "--model-paths", model, "-s", "smiles"]
        return [folder / "bin" / "chemprop", "predict", *files, "--accelerator", "cpu", *options]

    return Contestant(name, title, command)


def chemprop_environment(workdir: Path) -> Path:
    """Return chemprop's own virtual environment, created at first.

    cuik-molmaker, which its faster mode needs, is among its dependencies.
    """
    folder = workdir / f"chemprop-{CHEMPROP}"
    if not (folder / "bin" / "chemprop").exists():
        print(f"Installing chemprop {CHEMPROP} into {folder}: minutes, once.", file=sys.stderr)
        measure([PYTHON, "-m", "venv", "--clear", folder], workdir / "chemprop-venv.log")
        wanted = [f"chemprop=={CHEMPROP}", f"torch=={TORCH_OF_CHEMPROP}"]
        pip: Command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *wanted]
        measure(pip, workdir / "chemprop-pip.log")
    return folder


def _dgllife(name: str, library: Path, workdir: Path) -> Contestant:
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
    return Contestant(name, title, command_of(best), is_slow=True)


def _processes(n: int) -> str:
    return f"{n} process" if n == 1 else f"{n} processes"


_CUIK = "--use-cuikmolmaker-featurization"
_CHEMPROP_MODES: dict[str, tuple[str, list[str]]] = {
    "chemprop": (f"chemprop {CHEMPROP}", []),
    "chemprop-cuik": (f"chemprop {CHEMPROP}, cuik-molmaker", [_CUIK]),
    "chemprop-cuik-loader": (
        f"chemprop {CHEMPROP}, cuik-molmaker, 1 loader",
        [_CUIK, "--num-workers", "1"],
    ),
}

_BUILDERS: dict[str, Callable[[str, Path, Path], Contestant]] = {
    "floor-1": _floor,
    "floor-2": _floor,
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
