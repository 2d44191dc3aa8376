"""Characters that the terminal cannot show must not end a run."""

import sys
from contextlib import suppress

__all__ = ["replace_unprintable"]


def replace_unprintable():
    """Let standard output and error write characters that their encoding lacks as escapes, such as ``\\u2588``.

    Otherwise Python raises UnicodeEncodeError, as on pipes of Windows, whose encoding is often cp1252. Replacements by
    notebooks and tests that are not real text streams stay as they are.
    """
    for stream in (sys.stdout, sys.stderr):
        # Not there in notebooks, no stream at all under pythonw, closed or detached by whoever called.
        with suppress(ValueError, OSError):
            getattr(stream, "reconfigure", dict)(errors="backslashreplace")
