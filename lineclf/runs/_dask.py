"""Run trials on Dask, on this machine or on a cluster: the one file that knows Dask.

Workers only compute: each gets the plan once, then one trial at a time, and sends results back. If a worker dies, Dask
notices and starts a new one; the trial is tried again, and given up after it has ended several workers.
"""

import asyncio
import json
import logging
import os
import queue
import sys
import tempfile
import time
import traceback
from collections import Counter, deque
from contextlib import suppress
from dataclasses import replace
from typing import cast

from distributed import Client, Future, KilledWorker, WorkerPlugin, get_worker
from distributed.comm import get_address_host_port
from distributed.deploy.spec import SpecCluster
from distributed.deploy.subprocess import SubprocessWorker

from lineclf import __version__
from lineclf._urls import mask_url
from lineclf.runs._execute import Job, Outcome, work
from lineclf.runs._options import TRIALS_PER_WORKER
from lineclf.runs._plan import TRIES

__all__ = ["OnDask", "share_cores"]

_BEGIN = 120  # seconds that workers of this machine may take to begin
_GONE = "the cluster has gone away, or has dropped this run's trials; the same command continues"
_LOOK = 0.2  # seconds between two looks at what else is to do
_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)


class OnDask:
    """Runs trials on workers of Dask.

    Parameters
    ----------
    plan : Plan
        Sent to each worker once; by value if its class is defined in the script or the notebook.
    n : int, optional
        Number of trials at once; by default one on each worker of the cluster.
    address : str, optional
        Scheduler of a cluster; by default `n` processes of this machine, each with its share of the cores.
    trials_per_worker : int, optional
        Number of trials after which a worker of this machine is replaced by a new one, because TensorFlow keeps memory.
        Workers of a cluster are not replaced: others may use them.

    Raises
    ------
    ValueError
        If the cluster cannot be reached, has no workers, or its workers cannot load the plan.
    """

    def __init__(self, plan, n=None, address=None, trials_per_worker=TRIALS_PER_WORKER):
        for name in ("batched", "client", "core"):  # what they say of lost connections is said here, or no news
            logging.getLogger(f"distributed.{name}").setLevel(logging.CRITICAL)
        self._most = trials_per_worker
        self._plugin = _PlanOnWorker(plan)
        self._done: queue.SimpleQueue = queue.SimpleQueue()
        self._count: Counter[str] = Counter()
        self._n = 0
        self._cluster = None if address else _local_cluster(n)
        try:
            try:
                if address:
                    get_address_host_port(address, strict=True)  # a client that fails at it is noisy
                self._client = Client(self._cluster or address, timeout=10, set_as_default=False)
            except (OSError, ValueError) as error:
                raise ValueError(
                    f"--dask, in Python cluster=, must be the address of a scheduler; got {address!r}: {error}"
                ) from None
            if self._cluster:
                _leave_collection_alone()
                self._wait_for_workers()
            self._slots = n or len(self._client.nthreads())
            if not self._slots:
                raise ValueError("--dask: the cluster has no workers yet; start some, or say with --workers how many")
            try:
                self._client.register_plugin(self._plugin)
            except Exception as error:
                reason = mask_url(f"{type(error).__name__}: {error}")
                raise ValueError(f"the workers cannot begin: {reason}") from None
        except BaseException:
            self.close()
            raise

    def _wait_for_workers(self):
        deadline = time.monotonic() + _BEGIN
        while not self._client.nthreads():
            if time.monotonic() > deadline:
                raise ValueError(f"the workers did not begin within {_BEGIN} seconds")
            time.sleep(0.05)

    def run(self, jobs, meanwhile):
        """Yield outcomes as they come; see :meth:`InProcess.run`."""
        jobs, again = iter(jobs), deque[Job]()
        tries = Counter[str]()
        at_work: dict[str, Future] = {}
        left, alone = True, None
        while left or at_work:
            for _ in range(self._free(len(at_work), self._renew() if left else 0)):
                job = again.popleft() if again else next(jobs, None)
                left = job is not None
                if not left:
                    break
                future = self._submit(job)
                at_work[future.key] = future
            meanwhile()
            try:
                key, job, (outcome, worker, n_tries) = self._done.get(timeout=_LOOK)
            except queue.Empty:
                alone = self._look(alone)
                continue
            if outcome is None:
                raise ValueError(_GONE)
            at_work.pop(key).cancel()  # or Dask would compute a result that is gone with its worker again
            tries[job.key] += n_tries
            most = TRIES if worker is None else self._plugin.plan.tries
            if outcome.error and tries[job.key] < most:
                again.append(job)
                left = True
            else:
                yield outcome
            self._count[worker] += 1

    def _free(self, n_at_work, n_due):
        """Number of workers without a trial: no trial waits for another one, or for a worker to be replaced."""
        return min(self._slots, self._n_workers() - n_due) - n_at_work if n_at_work < self._slots else 0

    def _n_workers(self):
        try:
            return len(self._client.nthreads())
        except OSError:
            raise ValueError(_GONE) from None

    def _look(self, since):
        """Time since which there is no worker; ValueError if that is too long ago."""
        if self._n_workers():
            return None
        since = since or time.monotonic()
        if time.monotonic() - since > _BEGIN:
            raise ValueError(f"all workers have ended, and none has come back for {_BEGIN} seconds")
        return since

    def _submit(self, job):
        self._n += 1
        name = self._plugin.name
        future = self._client.submit(_work, name, __version__, job, key=f"{name}-{self._n}", pure=False)
        # Fetched at once, however busy this process is: a result that waits at its worker is lost with it.
        future.add_done_callback(lambda future: self._done.put((future.key, job, self._outcome(job, future))))
        return future

    def _outcome(self, job, future):
        """Outcome of a job, None if the cluster is gone; the worker that returned it; the number of tries."""
        try:
            return *future.result(timeout=60), 1
        except KilledWorker as error:
            return Outcome(job.key, error="its worker died"), None, error.allowed_failures + 1
        except asyncio.CancelledError:
            return None, None, 1
        except Exception:  # Dask's, or of what cannot be pickled
            return Outcome(job.key, error=mask_url(traceback.format_exc())), None, 1

    def _renew(self):
        """Replace workers of this machine that have run their number of trials by new ones, once they are idle.

        Returns
        -------
        int
            Number of workers that must wait, because their last result is not fetched yet and would be lost.
        """
        due = [worker for worker, n in self._count.items() if n >= self._most and worker]
        if self._cluster is None or not due:
            return 0
        with suppress(OSError, TimeoutError):  # whether the cluster is gone is found out elsewhere
            at_work, held = self._client.processing(), self._client.has_what()
            idle = [worker for worker in due if not at_work.get(worker)]
            ended = [worker for worker in idle if not held.get(worker)]
            if ended:
                self._client.restart_workers(
                    [each for each in ended if each in at_work], timeout=60, raise_for_error=False
                )
            for worker in ended:
                del self._count[worker]
            return len(idle) - len(ended)
        return 0

    def close(self):
        """Stop running trials, and the workers of this machine; leave another cluster as it was."""
        client = getattr(self, "_client", None)
        if client and self._cluster is None:
            with suppress(Exception):
                client.unregister_worker_plugin(self._plugin.name)
        for each in (client, self._cluster):
            with suppress(Exception):
                if each:
                    each.close(timeout=10)


class _PlanOnWorker(WorkerPlugin):
    """Gives a worker its plan when the worker begins."""

    def __init__(self, plan):
        self.name = f"lineclf {plan.title} {os.urandom(4).hex()}"
        self.plan, self.version = plan, __version__

    def setup(self, worker):
        _check_version(self.version)
        for name in _THREADS[-2:]:  # Dask sees to the others
            os.environ.setdefault(name, str(worker.state.nthreads))


def _check_version(version):
    """Raise unless a trial means the same to worker and launcher; Dask keeps a worker whose set-up failed."""
    if version != __version__:
        raise RuntimeError(f"this worker has lineclf {__version__}, its launcher {version}")


def _work(name, version, job):
    _check_version(version)
    worker = get_worker()
    outcome = work(cast(_PlanOnWorker, worker.plugins[name]).plan, job)
    return replace(outcome, exception=None), worker.address  # which may not travel


class _Worker(SubprocessWorker):
    """A silent worker process of this machine, on its share of the cores."""

    def __init__(self, scheduler, cores, name=None, **options):
        super().__init__(scheduler, name=name, worker_kwargs=options)
        self._cores = cores

    async def _start(self):
        threads = dict.fromkeys(_THREADS, str(len(self._cores)))
        environ = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", **os.environ, "PYTHONIOENCODING": "utf-8"}
        # A plan may be of a module that stands beside the script.
        environ.setdefault("DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED", "False")  # looks 100 times a second
        environ["PYTHONPATH"] = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)
        spec = json.dumps({"cls": self.worker_class, "opts": {**self.worker_kwargs, "env": threads}})
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dask", "spec", self.scheduler, "--spec", spec),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**environ, **threads},
            start_new_session=True,  # Ctrl-C is the launcher's to handle
        )
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.process.pid, self._cores)


def _local_cluster(n):
    """Scheduler in this process, and `n` processes that end with it; we count the workers that a trial ends."""
    from distributed import Scheduler

    options = {"host": "127.0.0.1", "nthreads": 1, "memory_limit": 0, "death_timeout": 60}
    options["local_directory"] = tempfile.gettempdir()
    workers = {i: {"cls": _Worker, "options": {**options, "cores": cores}} for i, cores in enumerate(share_cores(n))}
    scheduler = {
        "host": "127.0.0.1",
        "port": 0,
        "dashboard": False,
        "dashboard_address": "127.0.0.1:0",
        "allowed_failures": 0,
    }
    return SpecCluster(
        workers=workers, scheduler={"cls": Scheduler, "options": scheduler}, silence_logs=logging.CRITICAL
    )


def _leave_collection_alone():
    """Stop Dask's timing of garbage collection here: it loses exceptions that a signal raises, and prints them."""
    with suppress(ImportError):
        from distributed.gc import disable_gc_diagnosis

        disable_gc_diagnosis(force=True)


def share_cores(n):
    """Share the cores of this process among `n` workers: a list of n lists, of at least one core each."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))
    return [cores[i * len(cores) // n : (i + 1) * len(cores) // n] or [cores[i % len(cores)]] for i in range(n)]
