"""What the terminal cannot show must not end a run."""

import sys
from contextlib import suppress

__all__ = ["replace_unprintable"]


def replace_unprintable():
    """Let standard output and error write what their encoding lacks as an escape, such as ``\\u2588``.

    Python would raise UnicodeEncodeError, as on pipes of Windows, whose encoding often is cp1252. What is no real text
    stream, as notebooks and tests put in their place, stays as it is.
    """
    for stream in (sys.stdout, sys.stderr):
        # Not there in notebooks, no stream at all under pythonw, closed or detached by whoever called.
        with suppress(ValueError, OSError):
            getattr(stream, "reconfigure", dict)(errors="backslashreplace")
