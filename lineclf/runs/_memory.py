"""Memory that a piece of work takes, if the operating system tells (Linux)."""

import re
from contextlib import contextmanager
from pathlib import Path

__all__ = ["peak_memory"]

_PROCESS = Path("/proc/self")


@contextmanager
def peak_memory():
    """Measure the memory of the process during a block.

    Yields
    ------
    dict of str to float
        Filled when the block ends: "peak_memory_mib", the largest resident memory of the process during the block, and
        "fit_memory_mib", the increase over the memory before the block. Empty if the system does not tell.
    """
    found: dict[str, float] = {}
    before = _reset()
    yield found
    if before is not None:
        peak = _resident("VmHWM")
        found |= {"peak_memory_mib": peak, "fit_memory_mib": max(peak - before, 0.0)}


def _reset():
    """Reset the peak; return the resident memory now, in MiB, or None if the system cannot reset it."""
    try:
        (_PROCESS / "clear_refs").write_text("5")
        return _resident("VmRSS")
    except (OSError, ValueError):
        return None


def _resident(field):
    found = re.search(rf"^{field}:\s+(\d+) kB", (_PROCESS / "status").read_text(), re.MULTILINE)
    if not found:
        raise ValueError(f"no {field}")
    return int(found[1]) / 1024
