"""Run a study from Python: the output of its command line, as an object."""

import tempfile
from dataclasses import dataclass, field, fields
from pathlib import Path

from lineclf._urls import mask_url
from lineclf.reporting._errors import cause
from lineclf.runs._options import OptionError, Options, make_options
from lineclf.runs._plan import Plan, TrialResult
from lineclf.runs._run import Run
from lineclf.runs._store import TrialStore
from lineclf.runs._travel import FILE, exported_keys

__all__ = ["StudyRun", "run_study", "study_status"]


@dataclass(frozen=True)
class StudyRun:
    """A finished run of a study.

    Parameters
    ----------
    plan : Plan
    results : dict of str to TrialResult
        Of the plan's finished trials, by key.
    failures : dict of str to str
        Error of each of its trials that was given up, by name.
    text : str
        Summary for a terminal.
    files : list of pathlib.Path
        The report, its page first.
    tracked : list of str
        How to open the runs in MLflow: a command, and the address.
    missing : list of str
        What MLflow did not accept, and why.
    """

    plan: Plan = field(repr=False)
    results: dict[str, TrialResult] = field(repr=False)
    failures: dict[str, str]
    text: str = field(repr=False)
    files: list[Path]
    tracked: list[str]
    missing: list[str]

    @property
    def page(self) -> Path:
        """The report's page."""
        return self.files[0]

    @property
    def frames(self):
        """The report's tables as pandas.DataFrame, by the file's name without its ending: "results", "effects", …"""
        from lineclf.reporting import read_table

        return {path.stem: read_table(path) for path in self.files if path.suffix == ".csv"}

    def __str__(self):
        beside = "".join(f", and {path.name} to sort and filter" for path in self.files if path.suffix == ".html")
        lines = [self.text, "", f"Report: {self.page}{beside}"]
        lines += [f"{'       ' if i else 'MLflow:'} {line}" for i, line in enumerate(self.tracked)]
        lines += self.missing
        lines += [f"Failed: {name}: {cause(error)}" for name, error in self.failures.items()]
        return "\n".join(lines)


def run_study(study, options=None, *, plan=None, command=None, verbose=False, **more) -> StudyRun:
    """Run the trials of a study that have not run yet, and write its report.

    Parameters
    ----------
    study : Study
        The declaration: an Ablation, a Benchmark, or one of your own.
    options : Options, optional
        Options from :func:`make_options`, instead of keyword arguments.
    plan : Plan, optional
        Plan of these options, if it was made already.
    command : str, optional
        Command that the report names as its source; by default this call.
    verbose : bool, default=False
        Whether to show a progress bar.
    **more
        The options by name: those of every study, see :class:`Options`, and the study's own. On command lines they have
        dashes.

    Returns
    -------
    StudyRun

    Raises
    ------
    OptionError
        If an option is unknown, or a value is not legal.
    ValueError
        If a store cannot be opened, or another process runs the study.
    KeyboardInterrupt
        After Ctrl-C; what is finished is stored, and the same call continues.

    Examples
    --------
    >>> import tempfile
    >>> from lineclf.ablation import Ablation, Component
    >>> from lineclf.runs import Profile, run_study
    >>> study = Ablation(
    ...     name="trees",
    ...     question="how deep?",
    ...     estimator="sklearn.tree:DecisionTreeClassifier",
    ...     track="distinct",
    ...     components=(Component("max_depth", None, (2,)),),
    ...     profiles={"quick": Profile(n_per_class=4, seeds=2)},
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = run_study(study, storage=f"sqlite:///{folder}/o.db", tracking_uri="none", output=folder)
    ...     effects = done.frames["effects"]
    >>> len(done.results), effects.loc[0, "component"]
    (4, 'max_depth')
    """
    options = _options(study, options, more)
    plan = plan or study.plan(options)
    folder = Path(options.output or study.output(options))
    _check_writable(folder)
    command = command or _call(study, options)
    with TrialStore(options.storage, plan.identity, plan.trials, lock=True) as store:
        run = Run(plan, store, options, folder, _exports(study, options, folder), command, verbose=verbose)
        report, failures = run.run()
        return StudyRun(
            plan=plan,
            results=store.results(plan.trials),
            failures=failures,
            text=report.text,
            files=list(report.files),
            tracked=list(run.log.tracked),
            missing=list(run.log.missing),
        )


def study_status(study, options=None, *, plan=None, **more) -> str:
    """Return the state of a study as text: how many trials have finished or failed, and whether a run is at work.

    Parameters
    ----------
    study, options, plan, **more
        As in :func:`run_study`.
    """
    options = _options(study, options, more)
    plan = plan or study.plan(options)
    total, folder = len(plan.trials), Path(options.output or study.output(options))
    known = {key for file in _exports(study, options, folder) for key in exported_keys(plan.identity, file)}
    known |= {each["key"] for each in plan.brings}
    failed, at_work = {}, ""
    try:
        store = TrialStore(options.storage, plan.identity, plan.trials, create=False)
        known |= store.finished()
        failed = {key: error for key, error in store.failures().items() if key in plan.names and key not in known}
        at_work = ", a run is at work" if store.locked() else ""
    except KeyError:
        if not known:
            return f"{plan.title}: not begun, {total} trials to run"
    finished = len(plan.trials.keys() & known)
    lines = [
        f"{plan.title}: {finished} of {total} trials finished, {len(failed)} failed, "
        f"{total - finished - len(failed)} to run{at_work}"
    ]
    lines += [f"Failed: {plan.names[key]}: {cause(error)}" for key, error in failed.items()]
    return "\n".join(lines)


def _options(study, options, more) -> Options:
    """Checked options, given in either way."""
    return make_options(study, {**(vars(options) if options else {}), **more})


def _exports(study, options, folder):
    """Files that may hold trials of a study: the report's and, unless a folder was named, those of its other reports.

    Parts of a study have folders of their own; a user who names another folder may want to train everything anew.
    """
    return sorted({folder / FILE, *(() if options.output else Path("reports", study.name).rglob(FILE))})


def _call(study, options):
    """Return the call that gives these options again, without the stores, whose URLs may hold passwords."""
    default = make_options(study, {})
    named = {
        each.name: getattr(options, each.name)
        for each in fields(options)
        if getattr(options, each.name) != getattr(default, each.name) and each.name not in ("storage", "tracking_uri")
    }
    shown = (f"{name}={str(value) if isinstance(value, Path) else value!r}" for name, value in named.items())
    return mask_url(f"run_study({', '.join([repr(study.name), *shown])})")


def _check_writable(folder):
    """Raise errors of writing before hours of training, not after."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OptionError("output", f"must be a folder to write to; got {str(folder)!r}: {error.strerror}") from None
