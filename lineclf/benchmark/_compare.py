"""Models compared on any data, seed by seed."""

import html
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from sklearn.base import clone

from lineclf._files import write_files
from lineclf.benchmark._display import BenchmarkDisplay
from lineclf.metrics import corrected_interval
from lineclf.reporting._html import with_html
from lineclf.reporting._markdown import failures_section, made_with, markdown_table, written_by
from lineclf.reporting._numbers import number
from lineclf.runs import Report, fingerprint
from lineclf.trials._asked import check_asked, make_about, make_data, make_estimator, repetitions
from lineclf.trials._cells import Cell
from lineclf.trials._columns import meanings
from lineclf.trials._contrasts import Contrast
from lineclf.trials._fit import run_plan, tell
from lineclf.trials._frames import cells_frame, results_frame
from lineclf.trials._inference import effects_frame
from lineclf.trials._levels import identity, label
from lineclf.trials._sample import ALONE
from lineclf.trials._scores import Scores
from lineclf.trials._summary import Summary, aligned
from lineclf.trials._trials import SeedTrials

__all__ = ["PAGE", "Comparison", "ComparisonTrials", "compare"]

PAGE = "comparison.md"


def compare(
    models,
    X=None,
    y=None,
    *,
    groups=None,
    cv=None,
    draw=None,
    scoring=None,
    seeds=5,
    max_time=None,
    rope=None,
    confidence=0.95,
    n_jobs=None,
    cluster=None,
    storage=None,
    study_name=None,
    tracking_uri=None,
    error_score=np.nan,
    random_state=0,
    verbose=0,
    **fit_params,
):
    """Compare models on the same seeds: which one is better, by how much, and how sure that is.

    Parameters
    ----------
    models : mapping of str to estimator, or list of estimator
        Two or more, by name; each may be an import path ``package.module:Class``. In a list, the class gives the name.
    X, y : array-like
        The data; not given with `draw`.
    groups, cv, draw, scoring, seeds, max_time, rope, confidence, n_jobs, cluster, storage, study_name, tracking_uri, \
error_score, random_state, verbose
        As in :class:`lineclf.ablation.AblationCV`.
    **fit_params
        For each model's ``fit``.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        Before any training, if an argument is not legal.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from lineclf.benchmark import compare
    >>> found = compare([DecisionTreeClassifier(), DummyClassifier()], *load_iris(return_X_y=True), seeds=2)
    >>> found.pairs[["model", "than", "verdict"]].to_dict("records")
    [{'model': 'DecisionTreeClassifier', 'than': 'DummyClassifier', 'verdict': 'better'}]
    """
    asked = SimpleNamespace(
        cv=cv,
        draw=draw,
        scoring=scoring,
        seeds=seeds,
        max_time=max_time,
        confidence=confidence,
        n_jobs=n_jobs,
        cluster=cluster,
        storage=storage,
        study_name=study_name,
        tracking_uri=tracking_uri,
        error_score=error_score,
        random_state=random_state,
        verbose=verbose,
    )
    stored = storage is not None
    first_seed = check_asked(asked, stored)
    known = _by_name(models)
    first = next(iter(known.values()))
    data = make_data(asked, first, X, y, groups, fit_params)
    scores = Scores(first, scoring)
    scores.check_kinds(known)
    about = make_about(data, scores, first_seed, stored, levels=known.values())
    plan = ComparisonTrials(
        study_name or f"comparison {fingerprint([about, list(known)])}",
        models=known,
        **repetitions(asked, data, known.values()),
        random_state=first_seed,
        data=data,
        scores=scores,
        about=about,
        params={"models": ", ".join(known), **scores.about(), **data.about()},
        confidence=confidence,
        rope=rope,
    )
    found: list[Comparison] = []

    def take(study, results, failures):
        found.append(Comparison(plan, results, failures, study))

    run_plan(plan, asked, f"compare(…, study_name={plan.identity!r})", take)
    tell(plan, found[0].trials, found[0].failures, max_time)
    return found[0]


def _by_name(models):
    """Models by their names, each checked; ValueError if one is not an estimator, or there are fewer than two."""
    if not hasattr(models, "items"):
        listed = [models] if isinstance(models, str) or hasattr(models, "fit") else list(models)
        made = [make_estimator(each, "models") for each in listed]
        named = [type(each).__name__ for each in made]
        twice = {name for name in named if named.count(name) > 1}
        named = [label(each) if name in twice else name for name, each in zip(named, made, strict=True)]
        if len(set(named)) < len(named):
            raise ValueError(f"models must have different names; give a mapping of name to model instead of {named}")
        models = dict(zip(named, made, strict=True))
    known = {str(name): make_estimator(each, f"models[{name!r}]") for name, each in models.items()}
    if len(known) < 2:
        raise ValueError(f"models must be two or more; got {list(known)}")
    for name, each in known.items():
        try:
            clone(each)
        except Exception as error:
            raise ValueError(f"models[{name!r}] cannot be cloned, which every trial needs: {error}") from error
    return known


class ComparisonTrials(SeedTrials):
    """Plan of a comparison: cells are models.

    Parameters
    ----------
    name : str
        Name of the study.
    models : dict of str to estimator
    **more
        As in :class:`SeedTrials`.
    """

    def __init__(self, name, *, models, **more):
        self._models = models
        cells = [Cell({"model": _Named(name, model)}, name, name) for name, model in models.items()]
        names = list(models)
        contrasts = [
            Contrast(one, other, 1, {other: 1.0}, {one: 1.0}) for i, one in enumerate(names) for other in names[i + 1 :]
        ]
        super().__init__(name, cells=cells, contrasts=contrasts, estimators=models.values(), **more)

    def estimator_of(self, cell):
        """Return a clone of a model."""
        return clone(self._models[cell.name])

    def shown(self, cell):
        """Return the model's name."""
        return {"model": cell.name}

    def report(self, folder, results, failures, command):
        """Write the report; return the :class:`lineclf.runs.Report`."""
        found = self.own(results)
        return Comparison(self, found, failures, None).write(folder, command)


class _Named(dict):
    """Identity of a model by its name and itself, so that a trial's key has both."""

    def __init__(self, name, model):
        try:
            super().__init__(name=name, model=identity(model))
        except TypeError:  # in memory its name will do
            super().__init__(name=name)


class Comparison:
    """Result of :func:`compare`.

    Attributes
    ----------
    models : pandas.DataFrame
        A row per model, the best first: model, n (seeds), mean scores, low and high (interval of the first score's
        mean), fit_time and score_time (seconds per fold, wall time), cpu_time (the same of this process on all cores),
        ratio (of fit times to the first model's), front (whether no other model fits as fast and scores more, or scores
        as much and fits faster).
    pairs : pandas.DataFrame
        A row per pair of models and score: model, than, scorer, n, baseline (score of `than`), score, delta, low, high,
        pvalue, verdict, needed: as in :attr:`AblationCV.effects_`.
    results : pandas.DataFrame
        A row per trial and fold.
    failures : dict of str to str
        Error of each failed trial, by "model · seed".
    study : optuna.study.Study
        All trials with their parameters.
    scorers : list of str
    """

    def __init__(self, plan, results, failures, study):
        self.plan, self.trials, self.failures, self.study = plan, results, failures, study
        self.scorers = results[0]["scorers"] if results else list(plan.scores.names)
        plan.scores.names = self.scorers
        self.sample = plan.sample()
        effects = effects_frame(results, plan.contrasts, self.scorers, self.sample)
        how = {"names": ("model", "compared with"), "n_left": plan.n_left(results, failures)}
        self._summary = Summary(effects, self.sample, self.scorers, len(failures), **how)
        self.pairs = effects.rename(columns={"component": "model", "level": "than"}).drop(columns="size")
        self.results = results_frame(results).drop(columns=["component", "level"], errors="ignore")
        self.models = self._models(results)

    def _models(self, results):
        frame = cells_frame(results, self.plan.cells, self.scorers).rename(columns={"cell": "model"})
        ends = {name: self._interval(results, name) for name in frame["model"]}
        for i, end in enumerate(("low", "high")):
            frame.insert(2 + len(self.scorers) + i, end, [ends[name][i] for name in frame["model"]])
        return frame.sort_values(self.scorers[0], ascending=False, kind="stable", ignore_index=True)

    def _interval(self, results, name):
        """Interval of the mean of a model's first score, for this model alone."""
        mine = [each for each in results if each["cell"] == name]
        folds = np.array([each["folds"][self.scorers[0]] for each in mine])
        kind = self.sample.kind
        values = folds.mean(axis=0 if kind == "fixed" else 1) if kind != "cv" and mine else folds
        if np.size(values) < 2:
            return math.nan, math.nan
        ratio = 0.0 if kind in ALONE else float(np.mean([e["split"]["n_test"] / e["split"]["n_train"] for e in mine]))
        found = corrected_interval(np.ravel(values), test_train_ratio=ratio, confidence=self.sample.confidence)
        return found.low, found.high

    def plot(self, ax=None):
        """Draw the models' scores: :class:`BenchmarkDisplay`.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional

        Returns
        -------
        BenchmarkDisplay
        """
        return BenchmarkDisplay.from_comparison(self, ax=ax)

    def text(self):
        """Return the comparison as text for a terminal."""
        return f"{aligned(self._rows())}\n\n{self._summary.text()}"

    def _rows(self):
        rows = [["model", "seeds", *self.scorers, self._interval_title(), "fit, s"]]
        for row in self.models.to_dict("records"):
            is_known = math.isfinite(row["low"])
            ends = f"{number(row['low'], '.4f')} to {number(row['high'], '.4f')}" if is_known else "–"
            scores = [number(row[name], ".4f") for name in self.scorers]
            time = number(row["fit_time"], ".3g") + " ★" * bool(row["front"])
            rows.append([row["model"], str(row["n"]), *scores, ends, time])
        return rows

    def _interval_title(self):
        return f"{100 * self.sample.confidence:g} % interval"

    def __repr__(self):
        return self.text()

    def _repr_html_(self):
        return f"<pre>{html.escape(aligned(self._rows()))}</pre>{self._summary.html()}"

    def write(self, folder, command="compare(…)"):
        """Write the report: ``comparison.md`` and ``.html``, its tables as CSV, and its picture.

        Parameters
        ----------
        folder : path-like
            Created if it does not exist; files of these names are replaced.
        command : str
            Command that the page names as its source.

        Returns
        -------
        lineclf.runs.Report
        """
        from lineclf.reporting import png  # Matplotlib comes with it

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        page = ["# Comparison of models", "", markdown_table(self._rows()), ""]
        page += ["★: no other model fits as fast and scores more, or scores as much and fits faster.", ""]
        page += ["![Scores with their intervals](models.png)", "", "## Pairs", "", self._summary.markdown(), ""]
        page += [self._summary.rule(), "", "## How it was run", ""]
        page += [f"- {name.capitalize()}: `{value}`." for name, value in self.plan.params.items()]
        page += [f"- {made_with(self.trials)}"] if self.trials else []
        page += [f"- {written_by(command)}.", *failures_section(self.failures)]
        tables = {"models": self.models, "pairs": self.pairs, "results": self.results}
        files = {f"{name}.csv": table.to_csv(index=False) for name, table in tables.items()}
        files |= {"models.png": png(BenchmarkDisplay.from_comparison(self).figure_, close=True)}
        known = meanings(self.scorers) | {self._interval_title(): "where the true mean lies, with this confidence"}
        written = write_files(folder, with_html({PAGE: "\n".join(page) + "\n", **files}, known))
        cells = {
            row["model"]: {"fit_time": float(row["fit_time"]), "low": float(row["low"]), "high": float(row["high"])}
            for row in self.models.to_dict("records")
        }
        return Report(self.text(), written, markdown_table(self._rows()), cells)
