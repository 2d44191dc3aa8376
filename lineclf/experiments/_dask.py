"""Workers on the machines of a Dask cluster, whatever it runs on: the one file that knows Dask.

A task on the cluster starts a worker process beside it and waits for that; what the two exchange are a job and an exit
status. Nothing of the study is pickled: each machine has its script at the same path, or its module installed.
"""

import time
from pathlib import Path

from lineclf.experiments._workers import Share, WorkerProcess

_PAUSE = 0.5  # seconds between two looks at the process


class Cluster:
    """A Dask cluster, by its scheduler's address.

    Raises
    ------
    ValueError
        If it cannot be reached, or Dask is not installed.
    """

    def __init__(self, address):
        try:
            from distributed import Client
        except ImportError:
            raise ValueError("--dask needs Dask: pip install 'lineclf[dask]'") from None
        try:
            self._client = Client(address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ValueError(f"--dask must be the address of a scheduler; got {address!r}: {error}") from None

    def shares(self, n=None):
        """Share the cluster's threads among `n` workers; by default one on each Dask worker that is there."""
        threads = self._client.nthreads().values()
        n = n or len(threads)
        if not n:
            raise ValueError("--dask: the cluster has no workers yet; start some, or say with --workers how many")
        return [Share(max(1, sum(threads) // n))] * n

    def start(self, command, job, threads):
        """Start a worker somewhere; see :class:`WorkerProcess`."""
        return _Remote(self._client, command, job, threads)

    def close(self):
        """Leave the cluster; what still runs there for this client stops."""
        self._client.close()


class _Remote:
    """A worker process on a machine of the cluster."""

    def __init__(self, client, command, job, threads):
        where = str(Path.cwd())
        self._future = client.submit(_do_remotely, command, job, threads, where, key=job.worker, pure=False)

    def poll(self):
        if not self._future.done():
            return None
        try:
            return self._future.result()
        except Exception as error:  # also cancelled ones, and machines lost too often
            return 1, str(error) or repr(error)

    def stop(self):
        self._future.cancel()

    kill = stop


def _do_remotely(command, job, threads, folder):
    """Run a worker process beside a Dask task, until one of them ends; its exit status and last words."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    process = WorkerProcess(command, job, threads, folder if Path(folder).is_dir() else None)
    try:
        while (outcome := process.poll()) is None:
            task = worker.state.tasks.get(key)
            if task is None or task.state == "cancelled":  # by the launcher, or with it
                process.stop()
            time.sleep(_PAUSE)
        return outcome
    finally:
        process.kill()
