"""Load the compiled part of cuik-molmaker without SciPy and pandas, which its package imports."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

EXTENSION = "cuik_molmaker_cpp"


def load_extension() -> ModuleType:
    """Return the module with the functions of cuik-molmaker that are written in C++.

    The package's own ``__init__`` takes it from the same file, and is used where it was imported
    already, or on Windows, where it adds folders to search for DLLs.

    Raises
    ------
    ImportError
        If cuik-molmaker is missing, or was not made for the installed RDKit.
    """
    path = None if "cuik_molmaker" in sys.modules or os.name == "nt" else _find()
    if path is None:
        return importlib.import_module("cuik_molmaker")
    if EXTENSION not in sys.modules:
        loader = ExtensionFileLoader(EXTENSION, str(path))
        spec = spec_from_loader(EXTENSION, loader)
        assert spec is not None
        module = module_from_spec(spec)
        loader.exec_module(module)
        sys.modules[EXTENSION] = module
    return sys.modules[EXTENSION]


def _find() -> Path | None:
    spec = find_spec("cuik_molmaker")
    if spec is None or not spec.origin:
        return None
    folder = Path(spec.origin).parent
    files = (folder / f"{EXTENSION}{suffix}" for suffix in EXTENSION_SUFFIXES)
    return next((file for file in files if file.is_file()), None)
