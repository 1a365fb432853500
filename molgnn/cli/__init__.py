"""The command line: ``molgnn COMMAND``. What a command needs is loaded when it runs."""

from molgnn.cli.app import main

__all__ = ["main"]
