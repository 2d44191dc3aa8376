"""A worker: runs trials of a queue, in the process of its study or in one of its own.

A process of its own is the study's script again, which finds its job on standard input. It ends when its job is done,
and when that input ends: told to by its launcher, or because that is gone.
"""

import _thread
import base64
import hashlib
import json
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial

from lineclf._urls import mask_url

OPTION = "--take-job"  # the only argument of a worker process
MORE = 10  # exit status: has run as many trials as it was to, and there are others
_LAST_WORDS = 30  # seconds to put a trial back


@dataclass(frozen=True)
class Job:
    """What a worker process has to do.

    Parameters
    ----------
    worker : str
        Its name in the queue, unique.
    argv : list of str
        The study's options. Like the job they travel in a pipe, as storages' URLs have passwords.
    plan : str
        The study's :func:`plan_digest`.
    most : int
        Number of trials to run at most.
    cores : list of int, optional
        The processor cores to run on, where the system knows such a thing.
    """

    worker: str
    argv: list = field(repr=False)
    plan: str
    most: int
    cores: list | None = None

    def line(self):
        """Return the job as a line of bytes."""
        return json.dumps(asdict(self)).encode() + b"\n"


def take_job():
    """Job of this process, None where it is no worker's; from then on it ends with its standard input."""
    if sys.argv[1:] != [OPTION]:
        return None
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have what they start in the background ignore it
    pipe = os.fdopen(0, "rb", buffering=0, closefd=False)
    job = Job(**json.loads(pipe.readline()))
    if job.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, job.cores)

    def watch():
        while pipe.read(1):
            pass
        _thread.interrupt_main()
        time.sleep(_LAST_WORDS)
        os._exit(130)

    threading.Thread(target=watch, daemon=True).start()
    return job


def plan_digest(plan):
    """Hash of a plan's trials, by which two machines know that they mean the same."""
    return hashlib.sha256(json.dumps([plan.queue_name, *plan.trials]).encode()).hexdigest()


def do_job(job, plan, storage, *, pictures):
    """Run trials as a worker process; its exit status."""
    from lineclf import __version__
    from lineclf.experiments._queue import TrialQueue

    if plan_digest(plan) != job.plan:
        raise ValueError(f"this worker has other trials than its launcher; its study or lineclf {__version__} differs")
    try:
        queue = TrialQueue(storage, plan.queue_name, create=False, worker=job.worker)
    except KeyError:
        raise ValueError(f"storage={mask_url(storage)!r} has no such study for this worker") from None
    with interruptible() as check:
        drained = run_trials(plan, queue, pictures=pictures, most=job.most, on_done=check)
    return 0 if drained else MORE


def run_trials(plan, queue, *, pictures, on_done, on_wait=None, most=None):
    """Run a plan's trials as :meth:`TrialQueue.work` does, and leave pictures in the queue.

    Of the nets of the "first" seed or of "all". Drawing takes the training's processor time, and one net a cell is
    enough to look at.
    """
    drawer, drawn = None, set()
    if pictures:
        from lineclf.reporting._pictures import TrialPictures

        drawer = TrialPictures()
        seeds = {key: params.get("seed") for key, params in plan.trials.items()}
        first = next(iter(seeds.values()), None)
        drawn = {key for key, seed in seeds.items() if pictures == "all" or seed == first}

    def store(wait=False):
        for key, files in drawer.take(wait=wait) if drawer else ():
            try:
                found = {name: base64.b64encode(content).decode() for name, content in files.result().items()}
            except Exception as error:
                found = {"error": str(error) or repr(error)}
            if found:
                queue.attach(key, found)

    def done():
        store()
        on_done()

    def run(key, number):
        return plan.run(key, partial(drawer.draw, key) if drawer and key in drawn else None)

    drained = queue.work(run, keys=plan.trials, most=most, on_done=done, on_wait=on_wait)
    store(wait=True)
    return drained


@contextmanager
def interruptible():
    """Give a function that raises KeyboardInterrupt if Ctrl-C was pressed before.

    Python drops exceptions that a signal raises inside a weak reference's callback, as while TensorFlow traces.
    """
    pressed = []

    def press(number, frame):
        pressed.append(number)
        raise KeyboardInterrupt

    def check():
        if pressed:
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # somebody else's, or ignored
        yield check
        return
    signal.signal(signal.SIGINT, press)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
