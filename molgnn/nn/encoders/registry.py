"""Encoders by name, registered without loading torch; a class of one's own is named by its path."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from molgnn.errors import ConfigError, MissingDependency, unknown_name

if TYPE_CHECKING:
    from molgnn.nn.encoders.base import Encoder
    from molgnn.nn.encoders.dgl_module import DGLModuleFactory

    EncoderFactory = type[Encoder] | DGLModuleFactory
else:
    EncoderFactory = Any

Class = TypeVar("Class", bound=type)

ENVIRONMENT = "MOLGNN_ENCODERS"
"""The variable with the paths of classes that this process and its children may import, with
commas between. Loading a model imports no other code than molgnn's without it."""


def _as_factory(encoder: Any) -> EncoderFactory:
    """Return what makes encoders of a class: itself, or for a module of DGL layers its factory."""
    from molgnn.nn.encoders.base import Encoder
    from molgnn.nn.encoders.dgl_module import DGLModuleFactory

    is_plain = isinstance(encoder, type) and not issubclass(encoder, Encoder)
    return DGLModuleFactory(encoder) if is_plain else encoder


class Registry(MutableMapping[str, EncoderFactory]):
    """Name → encoder, imported when it is asked for; listing the names imports nothing.

    Parameters
    ----------
    homes
        Name → ``"module:class"``, of an `Encoder` or of any module that `register_encoder` takes.
    """

    def __init__(self, homes: dict[str, str]) -> None:
        self._found: dict[str, EncoderFactory | str] = dict(homes)

    def __getitem__(self, name: str) -> EncoderFactory:
        found = self._found[name]
        if isinstance(found, str):
            module, _, attribute = found.partition(":")
            found = self._found[name] = _as_factory(getattr(import_module(module), attribute))
        return found

    def __setitem__(self, name: str, encoder: EncoderFactory | type | str) -> None:
        self._found[name] = encoder if isinstance(encoder, str) else _as_factory(encoder)

    def __delitem__(self, name: str) -> None:
        del self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


ENCODERS = Registry(
    {
        "gcn": "molgnn.nn.encoders.gcn:GCN",
        "gat": "molgnn.nn.encoders.gat:GAT",
        "sage": "molgnn.nn.encoders.sage:GraphSAGE",
        "gin": "molgnn.nn.encoders.gin:GIN",
        "mpnn": "molgnn.nn.encoders.mpnn:MPNN",
        "dmpnn": "molgnn.nn.encoders.dmpnn:DMPNN",
        "attentivefp": "molgnn.nn.encoders.attentivefp:AttentiveFP",
        "dgllife": "molgnn.nn.encoders.dgllife:DGLLifeEncoder",
    }
)


def register_encoder(encoder: Class) -> Class:
    """Make a class of your own an encoder, in this process and those that it starts.

    Its name is then its path, ``"package.module.Class"``, for `molgnn.train` and in the bundle of
    what was trained. Such a bundle can be loaded wherever the class is registered, and nowhere
    else: loading a model never imports code that you did not name.

    Parameters
    ----------
    encoder
        A subclass of `molgnn.nn.encoders.base.Encoder`; or any `torch.nn.Module` called as
        ``module(graph, node_feats)`` or ``module(graph, node_feats, edge_feats)`` with a DGLGraph,
        such as a stack of layers of `dgl.nn`. It returns one row per node, and gets the width of
        the features by an argument that is named as in DGL and DGL-LifeSci: ``in_feats``,
        ``node_in_feats`` or ``node_feat_size``, and ``edge_in_feats``, ``edge_feat_size`` or
        ``edge_feats`` for bonds. Its other arguments are the encoder's options; those that a
        ``search_space`` of the class names are what `molgnn.tune` varies.

    Returns
    -------
    type
        The class itself, so that this is a decorator, too.

    Raises
    ------
    ConfigError
        If it is no class of modules.
    """
    from torch import nn

    if not (isinstance(encoder, type) and issubclass(encoder, nn.Module)):
        raise ConfigError(
            f"expected a subclass of torch.nn.Module but got {encoder!r}; fix: register the class, "
            "not one of its instances"
        )
    path = path_of(encoder)
    ENCODERS[path] = encoder
    if encoder.__module__ != "__main__":  # which is another one in a worker
        os.environ[ENVIRONMENT] = ",".join(dict.fromkeys([*_allowed(), path]))
    return encoder


def path_of(encoder: type[Any]) -> str:
    """Return the name of a class that is registered: ``"package.module.Class"``."""
    return f"{encoder.__module__}.{encoder.__qualname__}"


def import_encoder(name: str) -> None:
    """Import and register the class that a user names by its path; other names stay as they are.

    Raises
    ------
    MissingDependency
        If there is no such module or class.
    ConfigError
        If it is no class of modules.
    """
    if name in ENCODERS or "." not in name:
        return
    module, _, attribute = name.rpartition(".")
    try:
        encoder = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise MissingDependency(
            f"expected an encoder's class that can be imported but got {name!r} ({error}); fix: "
            "install its package, or put its folder into PYTHONPATH"
        ) from error
    register_encoder(encoder)


def find_encoder(name: str) -> EncoderFactory:
    """Return the encoder of that name, importing nothing but what molgnn or the user registered.

    Raises
    ------
    UnknownName
        If there is no such encoder.
    MissingDependency
        If the name is the path of a class that is not registered.
    """
    if name in _allowed():
        import_encoder(name)
    if name in ENCODERS:
        return ENCODERS[name]
    if "." not in name:
        raise unknown_name("encoder", name, ENCODERS)
    attribute = name.rpartition(".")[2]
    raise MissingDependency(
        f"expected an encoder that is registered but got {name!r}, a class that molgnn does not "
        f"import by itself; fix: if you trust it, call molgnn.register_encoder({attribute}) "
        f"first, or set the environment variable {ENVIRONMENT}={name}"
    )


def _allowed() -> list[str]:
    return [path for path in os.environ.get(ENVIRONMENT, "").split(",") if path]
