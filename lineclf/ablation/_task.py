"""Common parts of all fits of a search: the data, their split and the estimator."""

from dataclasses import dataclass

from sklearn.base import clone

from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.model_selection import get_track
from lineclf.runs import (
    MEANING,
    OptionError,
    Split,
    child_seed,
    fingerprint,
    for_several_targets,
    identity_params,
    load_estimator,
    seed_estimator,
)

__all__ = ["Task", "check_sizes", "make_split", "make_task"]

_MOST = 1_000_000  # epochs, and images a class


@dataclass(frozen=True)
class Task:
    """Common parts of all trials of a run; the fingerprint keeps the results of different tasks apart.

    Parameters
    ----------
    estimator : str
        Import path of the classifier.
    settings : dict
        Constructor arguments of the baseline, beside the defaults.
    track : str
        Split protocol.
    n_per_class : int
        Images drawn per class.
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
        known = {name: getattr(self, name) for name in ("estimator", "settings", "track", "n_per_class")}
        known |= {"defaults": identity_params(self.baseline()), "version": MEANING}
        return fingerprint(known, default=str)


def make_split(task, settings, seed):
    """Estimator and both sides of a fit, on fold seed mod k of the track's k folds.

    Parameters
    ----------
    task : Task
    settings : dict
        Arguments of the estimator.
    seed : int
        Fixes data, split and estimator, each by a child seed.

    Returns
    -------
    estimator : classifier
        Unfitted.
    split : Split
    """
    X, y, positions = make_lines(task.n_per_class, return_positions=True, random_state=child_seed(seed, "data"))
    track = get_track(task.track, random_state=child_seed(seed, "split"))
    estimator = seed_estimator(clone(task.baseline()).set_params(**settings), seed)
    fold = seed % track.get_n_splits()
    train, test = list(track.split(X, y, positions))[fold]
    return for_several_targets(estimator), Split(
        name=f"lines {task.track}",
        X_train=X[train],
        y_train=y[train],
        X_test=X[test],
        y_test=y[test],
        labels=dict(zip(FACTORS, TARGET_NAMES, strict=True)),
        source={"function": "lineclf.datasets.make_lines", "n_per_class": task.n_per_class, "seed": seed},
        facts={"track": task.track, "fold": fold},
    )


def make_task(study, options):
    """Return the task of all trials under these options; OptionError if one is not legal."""
    profile = study.profiles[options.profile]
    check_sizes(options)
    n_per_class = profile.n_per_class if options.n_per_class is None else options.n_per_class
    settings = {**profile.settings, **({} if options.epochs is None else {"epochs": options.epochs})}
    return Task(study.estimator, settings, options.track, n_per_class)


def check_sizes(options):
    """Raise OptionError if a size is not legal, ValueError if the track is unknown."""
    for name in ("n_per_class", "epochs"):
        value = getattr(options, name)
        if value is not None and not 1 <= value <= _MOST:
            raise OptionError(name, f"must be from 1 to {_MOST:,}; got {value}")
    get_track(options.track)
