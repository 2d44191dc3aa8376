"""Worker processes that share a queue: started, watched, started again when they end, and stopped."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from lineclf._urls import mask_url
from lineclf.experiments._worker import MORE, OPTION
from lineclf.runs._errors import cause

_DEATHS = 3  # of a worker in a row before it has taken a trial: it will not do better
_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)
_STOP = 15  # seconds to put trials back
_AWAY = 10  # seconds between two looks that say: this process was suspended, and the workers perhaps with it


def study_command():
    """Arguments after the interpreter's name that start the running study again, without its options.

    Raises
    ------
    ValueError
        If it was not started from a file or a module.
    """
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return ["-m", spec.name.removesuffix(".__main__")]
    file = getattr(main, "__file__", None)
    if file is None:
        raise ValueError("--workers starts the study's script again, but this study was started from none")
    return [str(Path(file).resolve())]


@dataclass(frozen=True)
class Share:
    """What a worker may use of a machine: threads, and the cores that they run on where that is known."""

    threads: int
    cores: list | None = None


def share_cores(n):
    """Share the cores of this process among `n` workers: a list of n shares, of at least one core each."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    shares = [cores[i * len(cores) // n : (i + 1) * len(cores) // n] or [cores[i % len(cores)]] for i in range(n)]
    return [Share(len(share), share) for share in shares]


class WorkerProcess:
    """A process of this machine that does a job.

    Parameters
    ----------
    command : list of str
        As :func:`study_command` gives it.
    job : Job
    threads : int
    folder : path-like, optional
        Working directory.
    """

    def __init__(self, command, job, threads, folder=None):
        limits = {name: str(threads) for name in _THREADS}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 – as long as the process
        self._process = subprocess.Popen(
            [sys.executable, *command, OPTION],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            cwd=folder,
            env={"TF_FORCE_GPU_ALLOW_GROWTH": "true", **os.environ, **limits, "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,  # Ctrl-C is the launcher's to handle
        )
        self._pipe = cast(IO[bytes], self._process.stdin)
        with suppress(BrokenPipeError):
            self._pipe.write(job.line())
            self._pipe.flush()

    def poll(self):
        """Exit status and last words; None while it runs."""
        status = self._process.poll()
        if status is None:
            return None
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 64_000))
        words = self._log.read().decode(errors="replace")
        self._log.seek(0, os.SEEK_END)
        return status, mask_url(words)[-4000:].strip()  # a cut before it could leave half of a URL

    def stop(self):
        """Have it put its trial back and end."""
        with suppress(BrokenPipeError):
            self._pipe.close()

    def kill(self):
        """End it at once, with what it has started."""
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()


class Team:
    """Workers that share a queue.

    Parameters
    ----------
    queue : TrialQueue
    start : callable (int, str) → WorkerProcess
        Starts the worker of a slot, by number, under a name.
    n : int
        Number of slots.

    Attributes
    ----------
    error : str or None
        Why the last slot that was given up was.
    """

    def __init__(self, queue, start, n):
        self._queue, self._start = queue, start
        self._at_work: dict = {}
        self._deaths = dict.fromkeys(range(n), 0)
        self._tended = time.monotonic()
        self.error = None
        for slot in range(n):
            self._fill(slot)

    def _fill(self, slot):
        name = f"{self._queue.worker} worker {slot} {os.urandom(4).hex()}"
        self._at_work[slot] = name, self._start(slot, name)

    def tend(self):
        """Fill the slots whose workers have ended; whether any is at work."""
        if time.monotonic() - self._tended > _AWAY:
            self._queue.spare_all()
        for slot, (name, process) in list(self._at_work.items()):
            outcome = process.poll()
            if outcome is None:
                continue
            del self._at_work[slot]
            status, words = outcome
            if status == 0:
                continue
            took_one = True
            if status != MORE:
                self.error = f"{_ending(status)}: {cause(words)}" if words else _ending(status)
                # A trial that kills its workers has its own limit.
                lost = self._queue.abandon(name, f"its worker {_ending(status)}\n{words}".strip())
                took_one = lost > 0 or name in self._queue.workers().values()
            self._deaths[slot] = 0 if took_one else self._deaths[slot] + 1
            if self._deaths[slot] < _DEATHS:
                self._fill(slot)
        self._queue.revive()
        self._tended = time.monotonic()
        return bool(self._at_work)

    def stop(self):
        """Stop all workers; their trials wait again."""
        for _, process in self._at_work.values():
            process.stop()
        try:
            deadline = time.monotonic() + _STOP
            while time.monotonic() < deadline and any(process.poll() is None for _, process in self._at_work.values()):
                time.sleep(0.1)
        finally:
            for name, process in self._at_work.values():
                process.kill()
                self._queue.release(name)
            self._at_work = {}


def _ending(status):
    if status < 0:
        with suppress(ValueError):
            return f"died of {signal.Signals(-status).name}"
    return f"ended with status {status}"
