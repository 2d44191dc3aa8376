"""Run trials in this process; and the parts of a trial that are the same everywhere."""

import base64
import json
import math
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lineclf._urls import mask_url

__all__ = ["InProcess", "Job", "Outcome", "work"]

_ALONE = threading.RLock()  # Keras has global state: one trial at a time in a process, but for one inside another


@dataclass(frozen=True)
class Job:
    """A trial to run.

    Parameters
    ----------
    key : str
    drawn : bool
        Whether to draw pictures of the trial's net.
    earlier : dict, optional
        Results of the earlier trials, by key, for a plan that needs them.
    """

    key: str
    drawn: bool = False
    earlier: dict | None = None


@dataclass(frozen=True)
class Outcome:
    """The outcome of a trial: a value and a result, or an error.

    Parameters
    ----------
    key : str
    value : float, optional
    result : dict, optional
    error : str, optional
        Traceback, without credentials.
    exception : BaseException, optional
        The exception, if it was raised in this process.
    files : dict of str to str
        The trial's pictures, in base64, by name; or under "error" the reason why there are none.
    """

    key: str
    value: float | None = None
    result: dict | None = None
    error: str | None = None
    exception: BaseException | None = None
    files: dict[str, str] = field(default_factory=dict)


def work(plan, job: Job) -> Outcome:
    """Run one trial of a plan; an error is an outcome as well."""
    files: dict[str, str] = {}

    def draw(estimator, split):
        from lineclf.reporting._pictures import draw

        try:
            drawn = draw(estimator, split)
            files.update({name: base64.b64encode(content).decode() for name, content in drawn.items()})
        except Exception as error:
            files["error"] = str(error) or repr(error)

    try:
        options: dict[str, Any] = {} if job.earlier is None else {"earlier": job.earlier}
        with _ALONE:
            value, result = plan.run(job.key, draw if job.drawn else None, **options)
        if not math.isfinite(value):
            raise ValueError(f"the trial's value is {value}")
        json.dumps(result)
        return Outcome(job.key, float(value), result, files=files)
    except (Exception, SystemExit) as error:  # somebody's estimator may call sys.exit
        return Outcome(job.key, error=mask_url(traceback.format_exc()), exception=error)


class InProcess:
    """Runs trials in this process, one after the other.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan):
        self._plan = plan

    def run(self, jobs: Iterable[Job], meanwhile: Callable[[], None]) -> Iterator[Outcome]:
        """Yield the outcome of each job; a job that raises is tried as often as the plan says.

        Parameters
        ----------
        jobs : iterable of Job
            Asked for the next job when it can begin.
        meanwhile : callable ()
            Called after each trial. An exception from it ends the run.
        """
        for job in jobs:
            for _ in range(self._plan.tries):
                outcome = work(self._plan, job)
                if outcome.error is None:
                    break
                meanwhile()
            meanwhile()  # first: what was interrupted may have taken it for the end of its training
            yield outcome

    def close(self):
        """Do nothing: there is nothing to end."""
