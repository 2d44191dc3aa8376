"""Trials of a design: one cell at one seed, all of its folds."""

import json
import sys
import time
import warnings
from collections import Counter
from itertools import count
from types import SimpleNamespace

import joblib
import numpy as np
import sklearn
from sklearn.utils.validation import _num_samples

from lineclf._words import first_line
from lineclf.metrics import sequential_reach
from lineclf.runs import Plan, processor, seed_estimator, versions
from lineclf.trials._cells import trial_key
from lineclf.trials._confusion import Remembering, add_folds, confusion_of
from lineclf.trials._levels import label
from lineclf.trials._reading import Reading
from lineclf.trials._sample import ALONE, Sample

__all__ = ["SeedTrials"]


class SeedTrials(Plan):
    """Plan of cells that seeds repeat, paired; a subclass defines the cells.

    Parameters
    ----------
    name : str
        Name of the study.
    cells : list of Cell
    contrasts : list of Contrast
        Comparisons to make.
    seeds : list of int
        Numbers of the repetitions.
    random_state : int
        Source of the seeds of the repetitions.
    low : int, optional
        Number of seeds from which on rows are read, and continue only if they are open; by default all seeds run.
    data : GivenData or DrawnData
    scores : Scores
    estimators : iterable
        All estimators that take part, for their libraries' versions.
    about : dict
        Parts of the study's question.
    params : dict
        Parameters that all trials have in common, for a tracker.
    confidence : float
    rope : float, mapping or None
    confusion : bool, default=False
        Whether results hold confusion matrices, which a tracker shows.
    checks_scores : bool, default=True
        Whether to try the scores on a small fit before all else.
    """

    tries = 1  # a fit that raises does so again

    def __init__(
        self,
        name,
        *,
        cells,
        contrasts,
        seeds,
        random_state,
        data,
        scores,
        estimators,
        about,
        params,
        confidence,
        rope,
        low=None,
        confusion=False,
        checks_scores=True,
    ):
        self.identity, self.about = name, about
        self.title = name.rpartition(" ")[0] or name  # without the fingerprint
        self.cells, self.contrasts, self.seeds, self.low = cells, contrasts, seeds, low
        self.data, self.scores, self.params = data, scores, params
        self._confidence, self._rope, self._confusion = confidence, rope, confusion
        self._checks_scores = checks_scores
        self._random_state, self._config = random_state, sklearn.get_config()
        self._versions = _libraries(estimators)
        self._reading: Reading | None = None
        self._parts = {self.key_of(cell, seed): (cell, seed) for seed in seeds for cell in cells}
        self.keys = {(cell.name, seed): key for key, (cell, seed) in self._parts.items()}
        self.trials = {key: {**self.shown(cell), "seed": seed} for key, (cell, seed) in self._parts.items()}
        self.names = {key: f"{cell.name} · seed {seed}" for key, (cell, seed) in self._parts.items()}
        self.cell_of = {key: cell.name for key, (cell, _) in self._parts.items()}

    def key_of(self, cell, seed):
        """Return the identity of a trial."""
        return trial_key(cell, seed)

    def to_run(self, results, failed):
        """Yield the keys of the trials to run; if seeds go on until rows are decided, those of open rows."""
        if self.low is None:
            yield from super().to_run(results, failed)
            return
        for number, seed in enumerate(self.seeds):
            for cell in self.cells:
                key = self.keys[cell.name, seed]
                if key not in results and (number < self.low or cell.name in self._wanted(results, failed)):
                    yield key

    def progress(self, results):
        """Return how many rows are decided."""
        if self.low is None:
            return ""
        self._wanted(results, ())
        n_decided = self._reading.n_decided if self._reading else 0
        return f"{n_decided} of {len(self.contrasts)} rows decided"

    def _wanted(self, results, failed):
        """Names of the cells of which a further seed could decide a row."""
        if self._reading is None and results:
            self.scores.names = next(iter(results.values()))["scorers"]  # a callable's are known from what it gave
            sample = self.sample()
            self._reading = Reading(self.contrasts, sample.first, sample)
        if self._reading is None:
            return {cell.name for cell in self.cells}
        found = self._reading.update(_Trials(self, results), _Trials(self, failed))
        return {name for contrast in found for name in contrast.cells}

    def n_left(self, results, failed):
        """Return the number of trials to run; for open rows, the next trials.

        Parameters
        ----------
        results : list of dict
            Results of the finished trials, from :meth:`own`.
        failed : collection of str
            Names of the trials that were given up.
        """
        failed = {key for key, name in self.names.items() if name in failed}
        return sum(key not in failed for key in self.to_run({each["key"]: each for each in results}, failed))

    def own(self, results):
        """Return the results of this plan's trials, with its own names of cells: another design has others.

        Parameters
        ----------
        results : dict of str to dict
            By key.

        Returns
        -------
        list of dict
        """
        found = []
        for key, (cell, _) in self._parts.items():
            if key in results:
                level = None if cell.component is None else label(cell.level)
                found.append({**results[key], "cell": cell.name, "component": cell.component, "level": level})
        return found

    @property
    def uses_tensorflow(self):
        """Whether an estimator is a Keras net, which keeps memory from fit to fit."""
        return not self._versions.keys().isdisjoint(("tensorflow", "keras", "scikeras"))

    def estimator_of(self, cell):
        """Return a clone of the estimator of a cell."""
        raise NotImplementedError

    def shown(self, cell):
        """Return the level of every parameter in a cell, as the storage holds it: JSON-able."""
        raise NotImplementedError

    def params_of(self, cell, where):
        """Return what a cell sets of `draw`, or of the splitter (`where` is "cv")."""
        return {}

    def forget_data(self):
        """Drop the data after all trials have run, so that pickled findings do not hold them."""
        self.data = SimpleNamespace(kind=self.data.kind)

    def seed(self, number):
        """Source of the seeds of a repetition's data, splits and estimators."""
        return f"{self._random_state}/{number}"

    def check(self):
        """Try the draw, and the scores on the first cell: ValueError for what would otherwise fail after hours."""
        if self.data.kind == "draw":
            self.data.check([self.seed(number) for number in self.seeds])
        if self._checks_scores:
            self._try_scores(self.seed(self.seeds[0]))
        self._check_high(self.sample())

    def _check_high(self, sample):
        """Raise ValueError if no number of seeds that is allowed could decide a row."""
        share = (1 - sample.confidence) / max(1, len(self.contrasts))
        if self.low is None or sample.kind not in ALONE:
            return
        least = next(n for n in count(2) if np.isfinite(sequential_reach(n, 1.0, confidence=1 - share)))
        if len(self.seeds) < least:
            raise ValueError(
                f"seeds must allow {least} or more, with fewer no row of {len(self.contrasts)} can be decided at "
                f"{100 * sample.confidence:g} % confidence; got ({self.low}, {len(self.seeds)})"
            )

    def _try_scores(self, first):
        with sklearn.config_context(**self._config), warnings.catch_warnings(action="ignore"):  # trials tell
            tried = seed_estimator(self.estimator_of(self.cells[0]), first)
            self.scores.try_on(tried, self.data, self.data.folds(first, {}, {}))

    def sample(self):
        """The sample that the seeds are, and the confidence of the verdicts."""
        scores, kind = self.scores, self.data.kind
        rope = scores.rope(self._rope)
        seeds = tuple(self.seeds)
        return Sample(kind, seeds, self._confidence, rope, scores.names[0], scores.is_accuracy, self.low)

    def overlap(self, result):
        """Return n_test / n_train; 0 if each seed draws data of its own."""
        return 0.0 if self.data.kind in ALONE else super().overlap(result)

    def run(self, key, on_fitted=None):
        """Fit and score a cell on every fold of a seed; return the mean of the first score, and the result."""
        cell, number = self._parts[key]
        started = time.time()
        # What a fit warns of is told once, by the trial's result, and not in the middle of a progress bar.
        with sklearn.config_context(**self._config), warnings.catch_warnings(record=True) as caught:
            folds, sizes, seconds, more = self._folds(cell, number, on_fitted)
        names = list(folds[0])
        metrics = {f"test_{name}": float(np.mean([fold[name] for fold in folds])) for name in names}
        metrics |= {name: float(np.mean(each)) for name, each in seconds.items()}
        result = {
            "name": cell.name,
            "seed": number,
            "tags": {"cell": cell.name, "component": cell.component or "baseline"},
            "cell": cell.name,
            "component": cell.component,
            "level": None if cell.component is None else label(cell.level),
            "settings": {name: label(level) for name, level in cell.settings.items()},
            "params": self.shown(cell),
            "metrics": metrics,
            "scorers": names,  # in their order, which JSON's objects do not keep
            "folds": {name: [fold[name] for fold in folds] for name in names},
            "split": {name: float(np.mean(each)) for name, each in sizes.items()} | {"folds": len(folds)},
            **{name: each for name, each in more.items() if each},
            "warnings": dict(Counter(f"{each.category.__name__}: {first_line(each.message)}" for each in caught)),
            "versions": self._versions,
            "processor": processor(),
            "started": started,
            "finished": time.time(),
        }
        return metrics[f"test_{names[0]}"], result

    def _folds(self, cell, number, on_fitted):
        seed = self.seed(number)
        history: dict[str, list[float]] = {}
        confusion: list[dict] = []
        datasets: dict[str, dict] = {}
        scored: list[dict[str, float]] = []
        sizes: dict[str, list[int]] = {"n_train": [], "n_test": []}
        seconds: dict[str, list[float]] = {"fit_time": [], "score_time": [], "cpu_time": []}
        draw_params, cv_params = (self.params_of(cell, where) for where in ("draw", "cv"))
        for fold in self.data.folds(seed, draw_params, cv_params):
            estimator = seed_estimator(self.estimator_of(cell), seed)
            cut = self.data.cut(estimator, fold)
            clock, processor_clock = time.perf_counter(), time.process_time()
            estimator.fit(cut.X_train, cut.y_train, **cut.fit_params)
            fitted = time.perf_counter()
            answering = Remembering(estimator) if self._confusion else estimator
            scored.append(self.scores.of(answering, cut.X_test, cut.y_test, cut.score_params))
            took = fitted - clock, time.perf_counter() - fitted, time.process_time() - processor_clock
            for name, value in zip(seconds, took, strict=True):
                seconds[name].append(value)
            if len(scored) == 1:  # one fold is enough to look at
                history = _curves(getattr(estimator, "history_", None))
                datasets = self._datasets(cut, number) if self._confusion else {}
                if on_fitted:
                    on_fitted(estimator, cut)
            if self._confusion:
                confusion.append(confusion_of(answering, cut.y_train, cut.X_test, cut.y_test))
            for name, side in zip(sizes, (cut.X_train, cut.X_test), strict=True):
                sizes[name].append(_num_samples(side))
        if hasattr(estimator, "model_") and "keras" in sys.modules:
            seconds["parameters"] = [estimator.model_.count_params()]
        matrices, labels = add_folds(confusion)
        labels |= {head: each for head, each in cut.labels.items() if len(each) == len(labels.get(head, ()))}
        more = {"history": history, "confusion": matrices, "labels": labels, "datasets": datasets}
        return scored, sizes, seconds, more

    def _datasets(self, cut, number):
        """Identity of both sides of the first fold, for a tracker."""
        source = json.dumps({**self.data.about(), "seed": self.seed(number)})
        return {
            side: {
                "name": f"{self.title} {side}",
                "digest": joblib.hash((X, y))[:16],
                "source": source,
                "profile": {"n": _num_samples(X), "shape": list(np.shape(X)[1:])},
            }
            for side, X, y in (("train", cut.X_train, cut.y_train), ("test", cut.X_test, cut.y_test))
        }


class _Trials:
    """What is known by key, given by cell and seed."""

    def __init__(self, plan, known):
        self._keys, self._known = plan.keys, known

    def __contains__(self, pair):
        return self._keys[pair] in self._known

    def __getitem__(self, pair):
        return self._known[self._keys[pair]]


def _curves(history):
    """Course of the training of a net of this package, a value per epoch; nothing for other estimators."""
    return {str(name): list(map(float, values)) for name, values in history.items()} if type(history) is dict else {}


def _libraries(estimators):
    """Versions of the libraries that estimators, and their parts, come from."""
    known = [part for each in estimators for part in (each, *each.get_params().values())]
    names = {type(each).__module__.partition(".")[0] for each in known if hasattr(each, "get_params")}
    found = versions()
    if "lineclf" not in names:  # no nets
        found = {name: found[name] for name in ("lineclf", "scikit-learn", "numpy")}
    others = {name: getattr(sys.modules.get(name), "__version__", None) for name in names - {"sklearn", "lineclf"}}
    return found | {name: number for name, number in sorted(others.items()) if isinstance(number, str)}
