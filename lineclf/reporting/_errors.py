"""A stored error in one line."""

__all__ = ["cause"]


def cause(error):
    """The line of an error's text that names the exception; the last line if there is no traceback."""
    lines = error.strip().splitlines() or ["it says nothing"]
    frames = [i for i, line in enumerate(lines) if line.startswith('  File "')]
    after = lines[frames[-1] + 1 :] if frames else []
    return next((line for line in after if not line.startswith(" ")), lines[-1])
