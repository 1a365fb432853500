"""The encoders by name: a new one is a new file here and one line in `registry`."""

from molgnn.nn.encoders.registry import ENCODERS, find_encoder, import_encoder, register_encoder

__all__ = ["ENCODERS", "find_encoder", "import_encoder", "register_encoder"]
