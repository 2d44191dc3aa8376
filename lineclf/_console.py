"""What a terminal or a pipe cannot show is replaced: it never ends a command."""

import sys


def replace_unprintable() -> None:
    """Have standard output and error replace what their encoding lacks, where they can be told to."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
