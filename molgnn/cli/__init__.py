"""The command line: ``molgnn COMMAND``. What a command needs is loaded when it runs."""

from __future__ import annotations


def main() -> None:
    """Run the command line; worker processes, which import this module too, never load it."""
    from molgnn.cli.app import main

    main()
