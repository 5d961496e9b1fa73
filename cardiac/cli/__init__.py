"""The command line: verbs, and what they need to talk to a person.

A verb is a function in one of the modules here, listed in `app`. What it needs is imported when it is called,
so that `cardiac --help` is instant.
"""

from __future__ import annotations

import sys


def main() -> None:
    """The command `cardiac`."""
    try:
        from cardiac.cli.app import app
        from cardiac.cli.failures import INTERRUPTED, signals_end_the_program

        signals_end_the_program()
        app(prog_name="cardiac")
    except KeyboardInterrupt:  # before a verb was reached
        sys.exit(INTERRUPTED)
