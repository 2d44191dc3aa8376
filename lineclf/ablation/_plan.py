"""An ablation's plan: the data, split and estimator of each trial, and what the report is made from."""

from copy import copy
from dataclasses import dataclass
from inspect import signature

from sklearn.base import clone

from lineclf.ablation._components import WHERE
from lineclf.ablation._designs import DESIGNS, design_cells, one_at_a_time
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.model_selection import get_track
from lineclf.runs._evaluate import Split, evaluate, for_several_targets, load_estimator, seed_estimator
from lineclf.runs._identity import MEANING, child_seed, fingerprint, identity_params
from lineclf.runs._options import OptionError
from lineclf.runs._plan import Plan
from lineclf.trials._cells import trial_key
from lineclf.trials._levels import same

# Of make_lines: what the engine decides itself, and what makes the classes others than the report's.
_DRAWN = ("n_per_class", "random_state", "return_positions", "return_masks", "lengths", "widths", "angles", "colors")
_MOST = 1_000_000  # epochs, and images a class


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
        known = {name: getattr(self, name) for name in ("estimator", "settings", "track", "n_per_class")}
        known |= {"defaults": identity_params(self.baseline()), "version": MEANING}
        return fingerprint(known, default=str)


def check_components(task, components):
    """Raise ValueError unless every component is an argument of what it belongs to, at its baseline there."""
    owners = {
        "estimator": (task.estimator, task.baseline().get_params()),
        "data": ("make_lines", _defaults(make_lines, without=_DRAWN)),
        "track": (f"track {task.track!r}", _defaults(type(get_track(task.track)), without=("random_state",))),
    }
    for component in components:
        owner, params = owners[component.where]
        if component.name not in params:
            raise ValueError(f"components: {owner} has no argument {component.name!r}, only {list(params)}")
        if not same(params[component.name], component.baseline):
            raise ValueError(
                f"component {component.key!r}: its baseline {component.baseline!r} is not what {owner} has, "
                f"{params[component.name]!r}"
            )


def _defaults(function, without):
    parameters = signature(function).parameters
    defaults = {name: parameter.default for name, parameter in parameters.items() if name not in without}
    return {name: list(value) if isinstance(value, range | tuple) else value for name, value in defaults.items()}


def make_parts(task, settings, seed):
    """Estimator, data and track of a trial; the seed fixes each by a child seed of its own, so that cells are paired.

    Parameters
    ----------
    task : Task
    settings : dict
        Levels by the components' keys.
    seed : int

    Returns
    -------
    estimator : classifier
        Unfitted.
    data : tuple (X, y, positions)
    track : cross-validator
    source : dict
        What draws the data again.
    """
    own: dict[str, dict] = {where: {} for where in WHERE}
    for key, level in settings.items():
        where, _, name = key.rpartition(":")
        own[where or "estimator"][name] = level
    data = make_lines(task.n_per_class, return_positions=True, random_state=child_seed(seed, "data"), **own["data"])
    track = get_track(task.track, random_state=child_seed(seed, "split"), **own["track"])
    estimator = seed_estimator(clone(task.baseline()).set_params(**own["estimator"]), seed)
    source = {"function": "lineclf.datasets.make_lines", "n_per_class": task.n_per_class, "seed": seed, **own["data"]}
    return estimator, data, track, source


def make_split(task, settings, seed):
    """Estimator and both sides of a trial, on fold seed mod k of the track's k folds.

    Parameters
    ----------
    task, settings, seed
        As in :func:`make_parts`.

    Returns
    -------
    estimator : classifier
        Unfitted.
    split : Split
    """
    estimator, (X, y, positions), track, source = make_parts(task, settings, seed)
    fold = seed % track.get_n_splits()
    train, test = list(track.split(X, y, positions))[fold]
    return for_several_targets(estimator), Split(
        name=f"lines {task.track}",
        X_train=X[train],
        y_train=y[train],
        X_test=X[test],
        y_test=y[test],
        labels=dict(zip(FACTORS, TARGET_NAMES, strict=True)),
        source=source,
        facts={"track": task.track, "fold": fold},
    )


def run_trial(task, cell, seed, on_fitted=None):
    """Train and evaluate one cell at one seed, on fold seed mod k of the track's k folds.

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
        As :func:`evaluate` gives it, with name, tags, cell, component, level, settings and seed.
    """
    estimator, split = make_split(task, cell.settings, seed)
    return {
        "name": cell.name,
        "tags": {"cell": cell.name, "component": cell.component or "baseline"},
        "cell": cell.name,
        "component": cell.component,
        "level": cell.level,
        "settings": cell.settings,
        "seed": seed,
        **evaluate(estimator, split, on_fitted),
    }


def make_task(study, options):
    """What all trials have in common under these options; OptionError for one that is not legal."""
    profile = study.profiles[options.profile]
    n_per_class = profile.n_per_class if options.n_per_class is None else options.n_per_class
    for name, value in (("n_per_class", n_per_class), ("epochs", options.epochs)):
        if value is not None and not 1 <= value <= _MOST:
            raise OptionError(name, f"must be from 1 to {_MOST:,}; got {value}")
    get_track(options.track)  # raises for an unknown one
    settings = {**profile.settings, **({} if options.epochs is None else {"epochs": options.epochs})}
    return Task(study.estimator, settings, options.track, n_per_class)


class AblationPlan(Plan):
    """The trials of an :class:`Ablation` under some options.

    Attributes
    ----------
    design : str
        Its name.
    components : tuple of Component
        What the design varies.
    cells : list of Cell
        The one that the others are compared with first.
    seeds : list of int
    task : Task
    fraction : Fraction or None
        The design, where it is one.
    """

    def __init__(self, study, options):
        self.study, self.design = study, options.design
        self.task = make_task(study, options)
        self.components = study.select(options.components, options.design, options.profile)
        check_components(self.task, self.components)
        self.cells, self.fraction = design_cells(options.design, self.components, options.resolution)
        self.seeds = list(range(study.profiles[options.profile].seeds)) if options.seeds is None else options.seeds
        # The default design's trials are found under their former name.
        design = () if options.design == DESIGNS[0] else (options.design,)
        self.identity = " ".join((study.name, options.track, *design, self.task.fingerprint()))
        self.title = " · ".join((study.name, options.track, *design, options.profile))
        self.params = {
            "design": options.design,
            "track": options.track,
            "n_per_class": self.task.n_per_class,
            **self.task.settings,
        }
        self._parts = {trial_key(cell, seed): (cell, seed) for seed in self.seeds for cell in self.cells}
        baseline = {each.key: each.baseline for each in self.components}
        self.trials = {key: {**baseline, **cell.settings, "seed": seed} for key, (cell, seed) in self._parts.items()}
        self.names = {key: f"{cell.name} · seed {seed}" for key, (cell, seed) in self._parts.items()}
        self.cell_of = {key: cell.name for key, (cell, _) in self._parts.items()}

    def run(self, key, on_fitted=None):
        """Run one trial: its joint accuracy on the test side, and its result."""
        cell, seed = self._parts[key]
        result = run_trial(self.task, cell, seed, on_fitted)
        return result["metrics"]["test_joint_accuracy"], result

    def report(self, folder, results, failures, command):
        """Write the report of every stored trial that belongs to it; the :class:`lineclf.runs.Report`."""
        from lineclf.ablation._pages import write_report

        return write_report(folder, self, results, failures, command)

    def reported(self, results, earlier=()):
        """Return the plan of what a report is about: of one component at a time, of all that was ever run.

        Parameters
        ----------
        results : mapping of str to dict
            Stored results of this identity, by key.
        earlier : iterable of tuple (str, int)
            Cells and seeds of trials that only the report before has.

        Returns
        -------
        AblationPlan
        """
        if self.design != DESIGNS[0]:
            return self
        earlier = list(earlier)
        every = {cell.name: cell for cell in one_at_a_time(self.study.components)}
        seeds = {*self.seeds, *(result["seed"] for result in results.values()), *(seed for _, seed in earlier)}
        wide = copy(self)
        wide.seeds = sorted(seeds)
        parts = {trial_key(cell, seed): cell.name for seed in seeds for cell in every.values()}
        run = {cell.name for cell in self.cells} | {parts[key] for key in results if key in parts}
        run |= {cell for cell, _ in earlier}
        wide.cells = [cell for cell in every.values() if cell.name in run]
        wide.components = tuple(
            each for each in self.study.components if any(cell.component == each.key for cell in wide.cells)
        )
        wide.cell_of = {trial_key(cell, seed): cell.name for seed in wide.seeds for cell in wide.cells}
        wide.trials = {key: {} for key in wide.cell_of}
        return wide

    def cells_of(self, results):
        """Return the cell of every stored trial that the report is about, by key."""
        return {key: name for key, name in self.reported(results).cell_of.items() if key in results}
