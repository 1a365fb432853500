"""DGL is imported as it is wherever it can be, and every other failure stays visible."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
IMPORT = "from molgnn.graph.dgl_runtime import dgl; import sys; "
DESCRIBE = "from molgnn.graph.dgl_runtime import describe; print(describe())"
WITHOUT_DGL = "import sys; sys.modules['dgl'] = None; "


class Site:
    """A folder of stand-in packages that comes before the installed ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("torch/__init__.py", "__version__ = '9.9.9+cpu'")

    def write(self, path: str, text: str = "") -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def write_dgl(self, code: str, binary: str | None) -> None:
        head = "__version__ = '8.8'\nget_global_func = lambda name, allow_missing: None\n"
        self.write("dgl/__init__.py", head + code)
        if binary:
            self.write("dgl/graphbolt/__init__.py", "shipped = True")
            self.write(f"dgl/graphbolt/{binary}")

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        return python(code, os.pathsep.join([str(self.folder), str(REPOSITORY)]), self.folder)


def python(code: str, path: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: os.environ[key] for key in os.environ if not key.startswith("DGL")}
    environment |= {"PYTHONPATH": path, "HOME": str(home)}
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_graphbolt_with_a_binary_for_this_torch_is_left_alone(site: Site) -> None:
    site.write_dgl("from . import graphbolt", "libgraphbolt_pytorch_9.9.9.so")
    assert site.run(IMPORT + "print(dgl.graphbolt.shipped)").stdout == "True\n"
    assert "graphbolt='shipped'" in site.run(DESCRIBE).stdout


def test_an_empty_module_stands_in_for_a_graphbolt_without_one(site: Site) -> None:
    site.write_dgl("from . import graphbolt", "libgraphbolt_pytorch_2.2.1.so")
    code = IMPORT + "print(hasattr(sys.modules['dgl.graphbolt'], 'shipped'))"
    assert site.run(code).stdout == "False\n"
    assert "graphbolt='stood in'" in site.run(DESCRIBE).stdout


def test_a_dgl_that_knows_no_graphbolt_gets_none(site: Site) -> None:
    site.write_dgl("", None)
    assert site.run(IMPORT + "print('dgl.graphbolt' in sys.modules)").stdout == "False\n"
    assert "graphbolt='not part of this DGL'" in site.run(DESCRIBE).stdout


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import no_such_package", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("raise OSError('libdgl.so: broken')", "OSError: libdgl.so: broken"),
    ],
)
def test_any_other_failure_of_dgl_is_shown_as_it_is(site: Site, code: str, message: str) -> None:
    site.write_dgl(code, "libgraphbolt_pytorch_2.2.1.so")
    assert site.run(IMPORT).stderr.splitlines()[-1] == message


def test_describe_tells_of_a_broken_dgl_and_leaves_no_trace(site: Site) -> None:
    site.write_dgl("raise OSError('libdgl.so: broken')", "libgraphbolt_pytorch_2.2.1.so")
    traces = "; import sys; print([m for m in sys.modules if m.startswith('dgl')])"
    report, modules = site.run(DESCRIBE + traces).stdout.splitlines()
    assert "problem='OSError: libdgl.so: broken'" in report
    assert modules == "[]"


def test_a_missing_dgl_comes_with_the_line_that_installs_it(site: Site) -> None:
    assert "fix: pip install dgl packaging" in site.run(WITHOUT_DGL + IMPORT).stderr
    assert "fix: pip install dgl packaging" in site.run(WITHOUT_DGL + DESCRIBE).stdout


def test_the_installed_dgl_comes_up_silently_and_writes_nothing(tmp_path: Path) -> None:
    run = python(IMPORT + "print(dgl.graph(([0], [1])).num_nodes())", str(REPOSITORY), tmp_path)
    assert (run.stdout, run.stderr) == ("2\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(
    "MOLGNN_DGL_113" not in os.environ, reason="set MOLGNN_DGL_113 to a folder with DGL 1.1.3"
)
def test_dgl_1_1_3_needs_no_stand_in(tmp_path: Path) -> None:
    path = os.pathsep.join([os.environ["MOLGNN_DGL_113"], str(REPOSITORY)])
    report = python(DESCRIBE, path, tmp_path).stdout
    assert "version='1.1.3', graphbolt='not part of this DGL'" in report
    assert "problem=''" in report
