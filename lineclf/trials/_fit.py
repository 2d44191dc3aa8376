"""Run a plan from Python: in memory or on a storage, here or on Dask, with a tracker or without."""

import sys
import tempfile
import warnings
from collections import Counter
from contextlib import ExitStack

from joblib import effective_n_jobs

from lineclf.reporting._errors import cause
from lineclf.runs import TRIALS_PER_WORKER, Options
from lineclf.runs._log import NO_TRACKER

__all__ = ["run_plan", "tell"]


def run_plan(plan, asked, command, take):
    """Run the trials of a plan that have not run yet.

    Parameters
    ----------
    plan : SeedTrials
    asked : object
        Object with the options as attributes, like an AblationCV.
    command : str
        Command shown in a tracker.
    take : callable (study, results, failures)
        Called with the optuna.Study, the results of the finished trials, and the errors of the failed ones by name: at
        the end or, if a trial has finished, after Ctrl-C or an error.
    """
    from lineclf.runs import TrialStore  # Optuna comes with it
    from lineclf.runs._run import Run

    n_jobs = effective_n_jobs(asked.n_jobs)
    options = Options(
        workers=n_jobs if n_jobs > 1 and asked.cluster is None else None,
        dask=asked.cluster,
        trials_per_worker=TRIALS_PER_WORKER if plan.uses_tensorflow else sys.maxsize,
        tracking_uri=asked.tracking_uri or NO_TRACKER,
        max_time=asked.max_time,
    )
    how = {"verbose": asked.verbose > 0, "raising": asked.error_score == "raise"}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory()) if asked.tracking_uri else None
        store = TrialStore(asked.storage, plan.identity, plan.trials, lock=asked.storage is not None)
        stack.enter_context(store)

        def finish():
            names = plan.names
            failures = {names[key]: error for key, error in store.failures().items() if key in names}
            results = plan.own(store.results(plan.trials))
            plan.forget_data()
            take(store.study, results, failures)

        run = Run(plan, store, options, folder, (), command, **how)  # refuses another study's name
        try:
            run.run()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                n = len(plan.trials.keys() & store.finished())
                kept = "the same call goes on" if asked.storage else "with storage= the same call would go on"
                print(f"Interrupted: {n} of {len(plan.trials)} trials are kept; {kept}.", file=sys.stderr)
            if plan.trials.keys() & store.finished():
                finish()
            raise
        finish()


def tell(plan, results, failures, max_time):
    """Warn about failed trials, trials that did not run, and warnings of fits.

    Raises
    ------
    ValueError
        If all trials failed.
    """
    n = len(plan.trials)
    texts = []
    if failures and not results:
        name, error = next(iter(failures.items()))
        raise ValueError(f"all {len(failures)} trials failed; the first, {name}: {cause(error)}")
    if failures:
        name, error = next(iter(failures.items()))
        tried = len(failures) + len(results)
        texts.append(f"{len(failures)} of {tried} trials failed, see failures_; the first, {name}: {cause(error)}")
    n_left = plan.n_left(results, failures)
    if n_left and plan.low is None:
        texts.append(f"max_time={max_time} was over with {n_left} of {n} trials to run")
    elif n_left:
        texts.append(f"max_time={max_time} was over with rows that further seeds could decide")
    caught: Counter[str] = Counter()
    for result in results:
        caught.update(result["warnings"].keys())
    texts += [f"in {times} of {len(results)} trials: {text}" for text, times in caught.most_common()]
    for text in texts:
        warnings.warn(text, stacklevel=3)
