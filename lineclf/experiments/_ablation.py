"""An ablation's plan: the data, split and estimator of each trial, and what the report is made from."""

import hashlib
import json
from dataclasses import asdict, dataclass

from sklearn.base import clone

from lineclf import __version__
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.experiments._design import Plan, child_seed, one_at_a_time, trial_key, trial_of_key
from lineclf.experiments._evaluate import Split, evaluate, load_estimator
from lineclf.experiments._report import effects_text, write_report
from lineclf.model_selection import get_track


@dataclass(frozen=True)
class Task:
    """What all trials of a run have in common; its fingerprint keeps results of different ones apart.

    Parameters
    ----------
    estimator : str
        Import path of the classifier.
    settings : dict
        Constructor arguments of the baseline, beside the defaults.
    track : str
        Split protocol.
    n_per_class : int
        Images drawn a class.
    """

    estimator: str
    settings: dict
    track: str
    n_per_class: int

    def baseline(self):
        """Return the unfitted baseline."""
        return load_estimator(self.estimator, self.settings)

    def fingerprint(self):
        """Hash of everything that gives a result its meaning: another default, size, track or version, another hash."""
        defaults = self.baseline().get_params()
        known = {**asdict(self), "defaults": defaults, "version": __version__}
        return hashlib.sha256(json.dumps(known, sort_keys=True, default=str).encode()).hexdigest()[:10]


def check_components(task, components):
    """Raise ValueError unless the estimator has every component, and at its baseline level."""
    params = task.baseline().get_params()
    for component in components:
        if component.name not in params:
            raise ValueError(f"components: {task.estimator} has no argument {component.name!r}, only {list(params)}")
        if params[component.name] != component.baseline:
            raise ValueError(
                f"component {component.name!r}: its baseline {component.baseline!r} is not what the baseline has, "
                f"{params[component.name]!r}"
            )


def run_trial(task, cell, seed, on_fitted=None):
    """Train and evaluate one cell at one seed.

    The seed fixes data, split and the estimator's own randomness, each by a child seed, so that cells are paired.

    Parameters
    ----------
    task : Task
    cell : Cell
    seed : int
    on_fitted : callable (estimator, split), optional
        As in :func:`evaluate`.

    Returns
    -------
    dict
        As :func:`evaluate` gives it, with name, tags, cell, component, level and seed.
    """
    X, y, positions = make_lines(task.n_per_class, return_positions=True, random_state=child_seed(seed, "data"))
    track = get_track(task.track, random_state=child_seed(seed, "split"))
    fold = seed % track.get_n_splits()
    train, test = list(track.split(X, y, positions))[fold]
    estimator = clone(task.baseline()).set_params(**cell.settings)
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=child_seed(seed, "model"))
    split = Split(
        name=f"lines {task.track}",
        X_train=X[train],
        y_train=y[train],
        X_test=X[test],
        y_test=y[test],
        labels=dict(zip(FACTORS, TARGET_NAMES, strict=True)),
        source={"function": "lineclf.datasets.make_lines", "n_per_class": task.n_per_class, "seed": seed},
        facts={"track": task.track, "fold": fold},
    )
    return {
        "name": cell.name,
        "tags": {"cell": cell.name, "component": cell.component or "baseline"},
        "cell": cell.name,
        "component": cell.component,
        "level": cell.level,
        "seed": seed,
        **evaluate(estimator, split, on_fitted),
    }


class AblationPlan(Plan):
    """The trials of an :class:`Ablation` under the command line's options."""

    def __init__(self, study, args):
        profile = study.profiles[args.profile]
        components = study.select(args.components)
        n_per_class = profile.n_per_class if args.n_per_class is None else args.n_per_class
        for option, value in (("--n-per-class", n_per_class), ("--epochs", args.epochs)):
            if value is not None and value < 1:
                raise ValueError(f"{option} must be at least 1; got {value}")
        get_track(args.track)  # raises for an unknown one
        self.study = study
        self.seeds = list(range(profile.seeds)) if args.seeds is None else args.seeds
        settings = {**profile.settings, **({} if args.epochs is None else {"epochs": args.epochs})}
        self.task = Task(study.estimator, settings, args.track, n_per_class)
        check_components(self.task, components)
        self.cells = one_at_a_time(components)
        self.queue_name = f"{study.name} {args.track} {self.task.fingerprint()}"
        self.title = f"{study.name} · {args.track} · {args.profile}"
        self.params = {"track": args.track, "n_per_class": n_per_class, **settings}
        keys = {trial_key(cell, seed): (cell, seed) for seed in self.seeds for cell in self.cells}
        self.trials = {key: {**cell.settings, "seed": seed} for key, (cell, seed) in keys.items()}
        self.names = {key: f"{cell.name} · seed {seed}" for key, (cell, seed) in keys.items()}

    def run(self, key, on_fitted=None):
        """Result of one trial, and its value."""
        cell, seed = trial_of_key(key)
        result = run_trial(self.task, cell, seed, on_fitted)
        return result["metrics"]["test_joint_accuracy"], result

    def report(self, folder, results, failures, command):
        """Write the report; what to print, and the files."""
        effects = write_report(
            folder,
            study=self.study,
            command=command,
            task=self.task,
            cells=self.cells,
            seeds=self.seeds,
            results=[results[key] for key in self.trials if key in results],
            failures=failures,
        )
        files = [folder / name for name in ("ablation.md", "effects.csv", "effects.png", "results.csv")]
        return effects_text(effects), files
