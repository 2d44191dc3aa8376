"""One run of a study, in the process started by hand: it stores and logs trials, and writes the report."""

import signal
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from lineclf.runs._execute import InProcess, Job
from lineclf.runs._log import NO_TRACKER, open_log
from lineclf.runs._plan import Report
from lineclf.runs._travel import FILE, export_trials, import_trials, store_new

__all__ = ["Run", "run_trials"]


def run_trials(plan, store, executor, meanwhile, *, pictures=None, deadline=None, results=None):
    """Run the trials of a plan that are not finished, and store each outcome.

    Parameters
    ----------
    plan : Plan
    store : TrialStore
    executor : InProcess or OnDask
    meanwhile : callable ()
        Called repeatedly; an exception from it ends the run.
    pictures : {"first", "all"}, optional
        Nets to draw: those of the first seed, as one net per cell is enough to look at, or all.
    deadline : float, optional
        Value of :func:`time.monotonic` after which no new trial begins.
    results : dict, optional
        Results of the plan's finished trials by key; new results are added. By default the store's.

    Yields
    ------
    Outcome
        Outcome of each trial, when it is stored.
    """
    results = store.results(plan.trials) if results is None else results
    failed: set[str] = set()
    seeds = {key: levels.get("seed") for key, levels in plan.trials.items()}
    first = next(iter(seeds.values()), None)

    def jobs():  # each as there is room for it
        for key in plan.to_run(results, failed):
            if deadline is not None and time.monotonic() > deadline:
                return
            earlier = store.results(plan.trials) if plan.sequential else None
            yield Job(key, pictures == "all" or (pictures == "first" and seeds[key] == first), earlier)

    for outcome in executor.run(jobs(), meanwhile):
        if outcome.error is not None:
            store.add_failure(outcome.key, outcome.error)
            failed.add(outcome.key)
        else:
            if outcome.files:  # first: what is stored is not run again
                store.attach(outcome.key, outcome.files)
            store.add(outcome.key, outcome.value, outcome.result)
            results[outcome.key] = outcome.result
        yield outcome


class Run:
    """One run of a study.

    Parameters
    ----------
    plan : Plan
    store : TrialStore
        Store of the plan's trials.
    options : Options
    folder : path-like or None
        Folder for the report, and for the trials in a file; with None neither is written.
    exports : iterable of pathlib.Path
        Files of trials to continue from, if the storage does not have them.
    command : str
        Command shown to people, without passwords.
    verbose : bool, default=False
        Whether to show a progress bar.
    raising : bool, default=False
        Whether a trial that is given up ends the run with its error; a RuntimeError if the error is another process's.

    Attributes
    ----------
    log : TrialLog
        The run's log in MLflow.
    """

    def __init__(self, plan, store, options, folder, exports, command, *, verbose=False, raising=False):
        self.plan, self.store, self.options = plan, store, options
        self.folder, self.command, self.verbose = folder, command, verbose
        max_time = plan.max_time if options.max_time is None else options.max_time
        self._deadline = None if max_time is None else time.monotonic() + max_time
        self._raising = raising
        if plan.about is not None:
            store.claim(plan.about)
        for file in exports:
            import_trials(store, plan.identity, file)
        store_new(store, plan.brings)
        self.log = open_log(options.tracking_uri, plan, store, command)

    def run(self):
        """Run what is left; return the :class:`Report`, if there is a folder, and errors of given-up trials by name."""
        try:
            self._run_trials()
            return self._report()
        except BaseException as error:
            self.log.stop(failed=not isinstance(error, KeyboardInterrupt))
            raise

    def _run_trials(self):
        from tqdm import tqdm

        results = self.store.results(self.plan.trials)
        n_left = len(self.plan.trials) - len(results) if any(self.plan.to_run(results, ())) else 0
        progress = self.plan.progress(results)
        if n_left:
            self.plan.check()
        with (
            _interruptible() as interruption,
            tqdm(
                total=None if progress else len(self.plan.trials),
                initial=len(results),
                desc=self.plan.title,
                postfix=progress,
                unit="trial",
                smoothing=0.1,
                disable=not self.verbose,
            ) as bar,
        ):

            def meanwhile():
                with interruption.put_off():  # one in the middle of its work would leave a database locked
                    self.log.update()

            meanwhile()
            try:
                if n_left:
                    self._run_left(n_left, meanwhile, bar, results)
            finally:
                if self.folder is not None:
                    export_trials(self.store, self.plan.identity, Path(self.folder, FILE))
            self.log.update(last=True)

    def _run_left(self, n_left, meanwhile, bar, results):
        executor = self._executor(n_left)
        pictures = None if self.options.tracking_uri == NO_TRACKER else self.options.pictures  # they go there alone
        try:
            how = {"pictures": pictures, "deadline": self._deadline, "results": results}
            for outcome in run_trials(self.plan, self.store, executor, meanwhile, **how):
                bar.set_postfix_str(self.plan.progress(results), refresh=False)
                bar.update()
                if outcome.exception and self._raising:
                    outcome.exception.add_note(f"in the trial {self.plan.names[outcome.key]}")
                    raise outcome.exception
                if outcome.error and self._raising:
                    raise RuntimeError(f"{self.plan.names[outcome.key]} failed:\n{outcome.error}")
        finally:
            executor.close()

    def _executor(self, n_left):
        if not self.options.workers and not self.options.dask:
            return InProcess(self.plan)
        from lineclf.runs._dask import OnDask

        n = self.options.workers and min(self.options.workers, n_left)
        return OnDask(self.plan, n, self.options.dask, self.options.trials_per_worker)

    def _report(self):
        names = self.plan.names
        failed = {names[key]: error for key, error in self.store.failures().items() if key in names}
        if self.folder is None:
            return None, failed
        report = Report(*self.plan.report(self.folder, self.store.results(), failed, self.command))
        self.log.finish(report, len(failed))
        return report, failed


class _Interruption:
    """Raises KeyboardInterrupt when Ctrl-C is pressed, or SIGTERM comes.

    Python drops exceptions that a signal raises inside a weak reference's callback, for example while TensorFlow
    traces: :meth:`put_off` raises these.
    """

    def __init__(self):
        self._n_signals, self._waits = 0, False

    def __call__(self, number, frame):
        self._n_signals += 1
        if not self._waits or self._n_signals > 1:
            raise KeyboardInterrupt

    @contextmanager
    def put_off(self):
        """Raise before and after the block, not inside it; a second signal raises at once."""
        self._raise_late()
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
        self._raise_late()

    def _raise_late(self):
        if self._n_signals:
            raise KeyboardInterrupt


@contextmanager
def _interruptible():
    """Give a new :class:`_Interruption`, by which Ctrl-C and SIGTERM raise."""
    interruption = _Interruption()
    # Not where they are somebody else's, or ignored; only the main thread may.
    main = threading.current_thread() is threading.main_thread()
    ours = (
        []
        if not main
        else [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) is signal.default_int_handler]
    )
    try:
        for each in ours:
            signal.signal(each, interruption)
        yield interruption
    finally:
        for each in ours:
            signal.signal(each, signal.default_int_handler)
