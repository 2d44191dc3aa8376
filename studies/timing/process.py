"""Code in a fresh process."""

import json
import os
import subprocess
import sys
import time


def run(code, report):
    """Run `code` in a fresh process; its seconds, and the value of the expression `report` in it."""
    tail = f"\nimport json\nprint(json.dumps({report}))"
    start = time.perf_counter()
    command = [sys.executable, "-c", code + tail]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(done.stderr)
    return seconds, json.loads(done.stdout.splitlines()[-1])
