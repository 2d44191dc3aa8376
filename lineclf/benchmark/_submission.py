"""A submission to other leaderboards: the trials of a run, what made them, and one trial that was run again."""

import hashlib
import json
import math
from datetime import date
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from lineclf._files import write_files
from lineclf._words import first_line
from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._plan import BenchmarkPlan
from lineclf.runs._evaluate import processor, versions
from lineclf.runs._travel import FILE, pack_trials

__all__ = [
    "CLOSE",
    "DIFFERENT",
    "EQUAL",
    "FAILED",
    "OTHER_DATA",
    "PAGE",
    "SCHEMA",
    "TOLERANCE",
    "SubmissionPlan",
    "bare",
    "digests",
    "run_again",
]

SCHEMA = 1
PAGE = "submission.json"
TOLERANCE = 1e-3  # of a metric, or of its size where that is above 1
EQUAL, CLOSE = "equal bits", "within the tolerance"
DIFFERENT, OTHER_DATA, FAILED = "different", "other data", "failed"
# What hangs on the machine and on what else it does.
_VARYING = {"seconds", "seconds_predict", "cores", "peak_memory_mib", "fit_memory_mib"}


class SubmissionPlan(BenchmarkPlan):
    """A plan whose finished trials are written for others to add.

    Parameters
    ----------
    *what, **more
        As in :class:`BenchmarkPlan`.
    submit : pathlib.Path
        Folder; created if it does not exist, and its files are replaced.
    """

    def __init__(self, *what, submit, **more):
        super().__init__(*what, **more)
        self._folder = Path(submit)

    def report(self, folder, results, failures, command):
        """Write the report, and the submission."""
        report = super().report(folder, results, failures, command)
        mine = {key: results[key] for key in self.trials if key in results}
        if not any(each["model"] != CEILING for each in mine.values()):
            return report._replace(text=f"{report.text}\n\nNothing to submit: no trial has finished.")
        return report._replace(text=f"{report.text}\n\n{self._write(mine, command)}")

    def _write(self, results, command):
        again = run_again(self, results)
        lines = [
            {"key": key, "levels": self.trials[key], "value": each["value"], "result": bare(each)}
            for key, each in results.items()
        ]
        trials = pack_trials([{"study": self.identity, **line} for line in lines])
        page = {
            "schema": SCHEMA,
            "study": self.identity,
            "profile": self.profile,
            "n_per_class": self.n_per_class,
            "written": date.today().isoformat(),
            "command": command,
            "versions": versions(),
            "packages": _packages(results.values()),
            "processor": processor(),
            "trials": [_entry(key, each) for key, each in sorted(results.items())],
            "sha256": hashlib.sha256(trials).hexdigest(),
            "rerun": again,
        }
        write_files(self._folder, {PAGE: json.dumps(page, indent=1, sort_keys=True) + "\n", FILE: trials})
        said = f"{again['trial']} was run again: {again['outcome']}"
        if again["outcome"] not in (EQUAL, CLOSE):
            why = again.get("why", f"{again.get('metric')} {again.get('stored')}, now {again.get('again')}")
            said += f" ({why}), so that nobody can add it"
        n = f"{len(results)} trial{'s' * (len(results) > 1)}"
        return f"Submission: {self._folder / PAGE} and {FILE}, {n}; {said}."


def bare(result):
    """A stored result without its place in the storage."""
    return {name: each for name, each in result.items() if name not in ("key", "value", "optuna")}


def run_again(plan, results):
    """Run the quickest of some trials again, and compare.

    Parameters
    ----------
    plan : BenchmarkPlan
    results : dict of str to dict
        Stored results, by key.

    Returns
    -------
    dict
        trial and key; outcome, a text, of which others accept :data:`EQUAL` and :data:`CLOSE`; metric, the one that
        differs most, with its stored value and its new one; compared, the number of metrics, all except times and
        memory; tolerance; processor and versions of this run.
    """
    own = {key: each for key, each in results.items() if each["model"] != CEILING}
    key = min(own, key=lambda key: (own[key]["metrics"]["seconds"] + own[key]["metrics"]["seconds_predict"], key))
    about = {"trial": plan.names[key], "key": key, "tolerance": TOLERANCE, "processor": processor()}
    about |= {"versions": versions()}
    stored = own[key]
    try:
        _, again = plan.run(key)
    except (Exception, SystemExit) as error:  # it is somebody's model
        return {**about, "outcome": FAILED, "why": f"{type(error).__name__}: {first_line(error)}"}
    gaps = {
        name: _gap(value, again["metrics"].get(name, math.inf))
        for name, value in stored["metrics"].items()
        if name not in _VARYING
    }
    worst = max(gaps, key=lambda name: (gaps[name], name))
    same = CLOSE if 0 < gaps[worst] <= TOLERANCE else DIFFERENT if gaps[worst] else EQUAL
    compared = {"metric": worst, "stored": stored["metrics"][worst], "again": again["metrics"].get(worst)}
    is_same_data = digests(stored) == digests(again)
    return {**about, "outcome": same if is_same_data else OTHER_DATA, "compared": len(gaps), **compared}


def _gap(value, again):
    """Difference of a metric to its stored value, as a share of that value if it is above 1."""
    if value == again or (math.isnan(value) and math.isnan(again)):
        return 0.0
    gap = abs(again - value) / max(1.0, abs(value))
    return gap if math.isfinite(gap) else math.inf


def _entry(key, result):
    about = {name: result[name] for name in ("name", "track", "model", "seed", "guest", "value")}
    return {"key": key, **about, **digests(result), "versions": result["versions"], "processor": result["processor"]}


def digests(result):
    """Digest of the data of each side."""
    return {side: each["digest"] for side, each in result["datasets"].items()}


def _packages(results):
    """Package version of each model that is not one of the benchmark's own, if it is installed."""
    owners = packages_distributions()
    found = {}
    for module in sorted({each["guest"].partition(".")[0].partition(":")[0] for each in results if each["guest"]}):
        for name in owners.get(module, ()):
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
    return found
