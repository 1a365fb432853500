"""``molgnn doctor``."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version

import typer

from molgnn.cli.options import AsJson, print_json
from molgnn.distribution import NAME, install_extra

FAST = install_extra("fast")
AGAIN = f"pip install --upgrade --force-reinstall {NAME}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one part of the installation is like.

    Parameters
    ----------
    state
        What was found.
    fix
        What would make it better; empty where all is well.
    broken
        Whether nothing works until that is done.
    """

    state: str
    fix: str = ""
    broken: bool = False

    @property
    def mark(self) -> str:
        """The word that the line begins with."""
        return "BROKEN" if self.broken else "note" if self.fix else "ok"


def doctor(as_json: AsJson = False) -> None:
    """Check this installation: what is there, what is slow or broken, and how to mend it.

    Example:  molgnn doctor
    """
    findings = {part: _examine(examination) for part, examination in EXAMINATIONS.items()}
    if as_json:
        print_json({part: {**asdict(each), "mark": each.mark} for part, each in findings.items()})
    for part, finding in () if as_json else findings.items():
        typer.echo(f"{finding.mark:<7} {part:<11} {finding.state}")
        if finding.fix:
            typer.echo(f"{'':<19} fix: {finding.fix}")
    if any(finding.broken for finding in findings.values()):
        raise typer.Exit(1)


def _examine(examination: Callable[[], Finding]) -> Finding:
    try:
        return examination()
    except Exception as error:  # whatever a broken package raises is what the doctor looks for
        return Finding(f"{type(error).__name__}: {error}", AGAIN, broken=True)


def _python() -> Finding:
    return Finding(f"{platform.python_version()}, {sys.executable}")


def _torch() -> Finding:
    import torch

    return Finding(f"{torch.__version__}, {torch.get_num_threads()} threads")


def _device() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding(f"GPU, {torch.cuda.get_device_name()}")
    return Finding("CPU, as torch sees no GPU")


def _dgl() -> Finding:
    from molgnn.graph.dgl_runtime import describe

    report = describe()
    if report.problem:
        return Finding(report.problem, "pip install --upgrade dgl packaging", broken=True)
    devices = "CPUs and GPUs" if report.cuda else "CPUs"
    return Finding(f"{report.version}, graphbolt {report.graphbolt}, kernels for {devices}")


def _dgllife() -> Finding:
    from molgnn.nn.encoders.dgllife import import_networks

    import_networks()
    return Finding(f"{version('dgllife')}, its networks are encoders")


def _kernels() -> Finding:
    """Say what really computes messages: the fastest that was measured."""
    from molgnn.nn.message_passing import KERNELS

    by_dgl = [name for name, choice in KERNELS.items() if choice.training == "dgl"]
    always = [name for name in by_dgl if KERNELS[name].inference == "dgl"]
    predicting = f"DGL's for {', '.join(always)}, PyTorch's for the rest" if always else "PyTorch's"
    return Finding(
        f"in predictions {predicting}; in training on a CPU, DGL's for {', '.join(by_dgl)}, "
        "PyTorch's for the rest; on a GPU PyTorch's"
    )


def _rdkit() -> Finding:
    import rdkit

    return Finding(rdkit.__version__)


def _featurizer() -> Finding:
    from molgnn.graph.featurizer import Featurizer

    featurizer = Featurizer()
    rejected = featurizer(["CCO"]).rejected
    if rejected:
        return Finding(f"refuses ethanol: {rejected[0]}", AGAIN, broken=True)
    if featurizer.backend == "cpp":
        return Finding("in C++, through cuik-molmaker")
    return Finding("in Python, through RDKit: right, but several times slower", FAST)


def _models() -> Finding:
    from molgnn.zoo.catalogue import WEIGHTS_FOLDER, entries
    from molgnn.zoo.store import verify

    for name in entries():
        verify(name)
    return Finding(f"{', '.join(entries()) or 'none'}, in {WEIGHTS_FOLDER}")


EXAMINATIONS: dict[str, Callable[[], Finding]] = {
    "Python": _python,
    "PyTorch": _torch,
    "device": _device,
    "DGL": _dgl,
    "DGL-LifeSci": _dgllife,
    "kernels": _kernels,
    "RDKit": _rdkit,
    "featurizer": _featurizer,
    "models": _models,
}
