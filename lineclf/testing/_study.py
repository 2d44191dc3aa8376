"""The contract of a study."""

import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from lineclf.runs import OptionError, Options, Plan, Profile, make_options, run_study

__all__ = ["check_study"]

_RESULT = {"name": str, "seed": int, "tags": dict, "metrics": dict, "started": float, "finished": float}


def check_study(study, *, n_trials=2, **options):
    """Check that a study keeps the contract of :class:`lineclf.runs.Study`, by running its first trials.

    Parameters
    ----------
    study : Study
        The declaration.
    n_trials : int, default=2
        Number of trials to run.
    **options
        Options of the run, by name, except `workers` and `dask`; choose them so that trials take little time. The
        storage and the report are in a temporary folder, and MLflow is left out.

    Raises
    ------
    AssertionError
        If it does not; the message says how.

    Notes
    -----
    The checks are: the declaration and its options are legal; two plans of one study are the same; a plan can be sent
    to another process; results are JSON of the documented schema; a second run trains nothing; the report is written
    with results, without any, and with failures.

    Examples
    --------
    >>> from lineclf.ablation import Ablation, Component
    >>> from lineclf.runs import Profile
    >>> from lineclf.testing import check_study
    >>> study = Ablation(
    ...     name="trees",
    ...     question="how deep?",
    ...     estimator="sklearn.tree:DecisionTreeClassifier",
    ...     track="distinct",
    ...     components=(Component("max_depth", None, (2,)),),
    ...     profiles={"quick": Profile(n_per_class=4, seeds=2)},
    ... )
    >>> check_study(study)
    """
    if {"workers", "dask"} & options.keys():
        raise ValueError("check_study counts the trials that are run, so it runs them in its own process")
    _check_declaration(study)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stores = {"storage": f"sqlite:///{folder}/optuna.db", "tracking_uri": "none"}
        given = {**options, **stores, "output": folder / "report"}
        plan = _check_plan(study, make_options(study, given))
        first = _Counted(plan, n_trials)
        done = run_study(study, plan=first, **given)
        assert not done.failures, f"trials failed: {done.failures}"
        assert first.n_run == len(first.trials), f"{first.n_run} of {len(first.trials)} trials were run"
        for key, result in done.results.items():
            _check_result(key, result)
        _check_report(done.files, folder / "report")
        again = _Counted(study.plan(make_options(study, given)), n_trials)
        run_study(study, plan=again, **given)
        assert again.n_run == 0, "a second run must find every trial in the storage, by a key that is the same"
        _check_report(plan.report(folder / "nothing", {}, {}, "a command").files, folder / "nothing")
        failed = dict.fromkeys(first.names.values(), "Traceback\nValueError: on purpose")
        _check_report(plan.report(folder / "failed", done.results, failed, "a command").files, folder / "failed")


def _check_declaration(study):
    for name in ("name", "question"):
        text = getattr(study, name, None)
        assert isinstance(text, str) and text.strip(), f"{name} must be a text; got {text!r}"
    profiles = getattr(study, "profiles", None)
    assert isinstance(profiles, Mapping) and profiles, f"profiles must be a mapping with a Profile; got {profiles!r}"
    for name, profile in profiles.items():
        assert isinstance(profile, Profile), f"profiles[{name!r}] must be a Profile; got {profile!r}"
    kind = getattr(study, "Options", None)
    assert isinstance(kind, type) and issubclass(kind, Options) and is_dataclass(kind), (
        f"Options must be lineclf.runs.Options or a dataclass that extends it; got {kind!r}"
    )
    for each in fields(kind):
        assert "convert" in each.metadata, f"{kind.__name__}.{each.name} must be declared by lineclf.runs.option"
    try:
        make_options(study, {"no such option": 1})
    except OptionError:
        pass
    else:
        raise AssertionError("an unknown option must be refused")


def _check_plan(study, options):
    import cloudpickle

    plan, other = study.plan(options), study.plan(options)
    assert isinstance(plan, Plan), f"plan must return a Plan; got {plan!r}"
    assert isinstance(plan.identity, str) and plan.identity, f"identity must be a text; got {plan.identity!r}"
    assert plan.trials, "a plan must have trials"
    for name in ("identity", "trials", "names", "cell_of"):
        assert getattr(plan, name) == getattr(other, name), f"two plans of the same options must have the same {name}"
    assert list(plan.trials) == list(other.trials), "two plans of the same options must have the same order of trials"
    assert plan.names.keys() == plan.trials.keys(), "names must have the keys of trials"
    assert len(set(plan.names.values())) == len(plan.names), "names must be different"
    assert plan.cell_of.keys() <= plan.trials.keys(), "cell_of must have keys of trials alone"
    for key, levels in plan.trials.items():
        assert isinstance(key, str), f"a key must be a text; got {key!r}"
        assert json.loads(json.dumps(levels)) == levels, f"levels of a trial must be plain JSON; got {levels!r}"
    travelled = cloudpickle.loads(cloudpickle.dumps(plan))
    assert travelled.trials == plan.trials, "a plan must be the same in another process"
    assert isinstance(study.output(options), Path), "output must return a pathlib.Path"
    return plan


def _check_result(key, result):
    for name, kind in _RESULT.items():
        assert isinstance(result.get(name), kind), f"{key}: result[{name!r}] must be a {kind.__name__}; got {result}"
    for name, value in result["metrics"].items():
        assert isinstance(value, float | int), f"{key}: metric {name!r} must be a number; got {value!r}"
    assert math.isfinite(result["value"])
    assert result["started"] <= result["finished"], f"{key}: it must start before it finishes"
    for head, matrix in result.get("confusion", {}).items():
        assert len(matrix) == len(result["labels"][head]), f"{key}: labels[{head!r}] must name the rows of confusion"


def _check_report(files, folder):
    assert files, "a report must have a page"
    for path in files:
        assert Path(path).is_file() and Path(path).parent == folder, f"{path} must be a file in {folder}"


class _Counted(Plan):
    """The first trials of another plan, with a count of those that were run."""

    def __init__(self, plan, n_trials):
        self._plan, self.n_run = plan, 0
        self.identity, self.title, self.params = plan.identity, plan.title, plan.params
        self.sequential = plan.sequential
        self.trials = dict(list(plan.trials.items())[:n_trials])
        self.names = {key: plan.names[key] for key in self.trials}
        self.cell_of = {key: name for key, name in plan.cell_of.items() if key in self.trials}

    def run(self, key, on_fitted=None, **earlier):
        self.n_run += 1
        value, result = self._plan.run(key, on_fitted, **earlier)
        assert json.loads(json.dumps(result)) == result, f"{key}: a result must be plain JSON"
        return value, result

    def report(self, folder, results, failures, command):
        return self._plan.report(folder, results, failures, command)
