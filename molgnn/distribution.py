"""The package on PyPI: its name there, which is not the import's, its version and its extras."""

from __future__ import annotations

from importlib.metadata import version

NAME = "molgnn-dgl"


def installed_version() -> str:
    """Return the version that is installed."""
    return version(NAME)


def install_extra(extra: str) -> str:
    """Return the command that installs what an optional feature needs."""
    return f"pip install '{NAME}[{extra}]'"
