"""The ablation as a scikit-learn object: which parts of an estimator matter, how much, and how sure that is."""

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from lineclf.ablation._display import AblationDisplay
from lineclf.ablation._findings import Findings
from lineclf.ablation._make_plan import make_plan
from lineclf.trials._fit import run_plan, tell

__all__ = ["AblationCV"]


class AblationCV(BaseEstimator):
    """Say which parts of an estimator matter, by how much, and how sure that is.

    The given estimator is the baseline. Each component is a parameter with alternatives: a number, another estimator,
    ``"passthrough"`` for a pipeline's step. Every alternative is trained on the same seeds as the baseline, and is
    compared with it seed by seed.

    Parameters
    ----------
    estimator : estimator or str
        Any scikit-learn estimator, or the import path ``package.module:Class`` of one.
    components : mapping of str to list, or list of Component
        Parameter → alternatives to its present value; ``step__parameter`` reaches into a pipeline, ``draw:`` and
        ``cv:`` before a name reach into `draw` and the splitter. If the name is not a parameter, each alternative is a
        mapping of several parameters that change together.
    design : {"one-at-a-time", "leave-one-out", "factorial", "fractional"}, default="one-at-a-time"
        Which combinations are trained: each alternative alone; all components on but one (:class:`Component` with
        `off`); all combinations; a fraction of them that still tells components from pairs.
    scoring : str, callable, list, tuple, dict or None
        As in :func:`sklearn.model_selection.cross_validate`: greater is better. The first score gets the verdicts, the
        others only describe.
    cv : int, splitter, iterable or None
        As in :func:`sklearn.model_selection.cross_validate`, 5 folds by default. Each seed shuffles the folds if the
        splitter can shuffle. With `draw`, scores are averaged over the folds of a draw.
    draw : callable, optional
        ``draw(random_state=…)`` gives each seed data of its own: (X, y), (X, y, groups), or a Bunch with X and y that
        may have groups, sample_weight, X_test and y_test. Then :meth:`fit` takes no X. Without X_test and `cv`, a
        quarter is held out. Draws must be independent. Samples of one finite table are not: give the table as X and y.
    seeds : int or tuple of int, default=5
        Number of paired repetitions, at least 2; or (low, high): repetitions go on while a verdict is open. Verdicts
        are read after each seed by an interval that holds at all of them (:func:`lineclf.metrics.sequential_interval`;
        with folds of one sample, after low, 2 · low, 4 · low, … seeds).
    max_time : float, optional
        Seconds after which no new trial begins.
    rope : float or mapping of str to float, optional
        Largest difference that counts as none ("region of practical equivalence"), for the first score, or by score. By
        default 0.005 for accuracies, which are known by the scorer's function; for other scores nothing is equivalent
        unless `rope` is given.
    confidence : float, default=0.95
        Probability that all verdicts of a table are right together.
    n_jobs : int, optional
        Number of trials at once, each in its own process; -1 for as many as there are cores.
    cluster : str, optional
        Address of a Dask scheduler, ``tcp://…``, whose workers run the trials.
    storage : str, optional
        URL of an Optuna storage, such as ``sqlite:///ablation.db``: the same call continues where an earlier one
        stopped. In memory by default.
    study_name : str, optional
        Name of the study in the storage; by default made from the question, so that another question is another study.
    tracking_uri : str, optional
        MLflow's store, ``sqlite:///…`` or ``http://…``; nothing is logged by default.
    error_score : "raise" or np.nan, default=np.nan
        "raise": a trial that fails ends the fit. np.nan: it is listed in `failures_`, and its rows stay open.
    random_state : int or None, default=0
        Source of the seeds of data, splits and every ``random_state`` of the estimator. With None each fit has new
        seeds, and no storage can continue it.
    verbose : int, default=0
        1 for a progress bar.

    Attributes
    ----------
    effects_ : pandas.DataFrame
        A row per component, level and score: component, level, scorer, n (seeds), baseline and score (means), delta,
        low and high (the interval: for the first score all rows hold together, for other scores each row holds alone),
        pvalue (adjusted over the rows), verdict ("better", "worse", "equivalent", "open", "floor", "ceiling"), needed
        (seeds to decide an effect of the size seen; infinite if more seeds cannot decide it), size (2 for pairs of
        components in crossed designs).
    cells_ : pandas.DataFrame
        A row per cell: its seeds, mean scores and times, and whether it is on the Pareto front of score and time. The
        mean of a cell with fewer seeds than the baseline is the baseline's mean plus the cell's mean difference.
    results_ : pandas.DataFrame
        A row per trial and fold: cell, seed, fold, scores.
    baseline_ : estimator
        The baseline, not fitted.
    failures_ : dict of str to str
        Error of each failed trial, by "cell · seed".
    study_ : optuna.study.Study
        All trials with their parameters.
    components_ : tuple of Component
    scorers_ : list of str
        Names of the scores, the first one first.

    Examples
    --------
    >>> from lineclf import AblationCV
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.svm import SVC
    >>> X, y = load_iris(return_X_y=True)
    >>> ablation = AblationCV(
    ...     make_pipeline(StandardScaler(), SVC()),
    ...     {"standardscaler": ["passthrough"], "svc__C": [0.001]},
    ... ).fit(X, y)
    >>> ablation.effects_[["component", "level", "verdict"]].to_dict("records")[1]
    {'component': 'svc__C', 'level': '0.001', 'verdict': 'worse'}
    """

    def __init__(
        self,
        estimator,
        components,
        *,
        design="one-at-a-time",
        scoring=None,
        cv=None,
        draw=None,
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
    ):
        self.estimator = estimator
        self.components = components
        self.design = design
        self.scoring = scoring
        self.cv = cv
        self.draw = draw
        self.seeds = seeds
        self.max_time = max_time
        self.rope = rope
        self.confidence = confidence
        self.n_jobs = n_jobs
        self.cluster = cluster
        self.storage = storage
        self.study_name = study_name
        self.tracking_uri = tracking_uri
        self.error_score = error_score
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X=None, y=None, *, groups=None, **fit_params):
        """Run the trials that have not run yet, and compare.

        Parameters
        ----------
        X, y : array-like
            The data; left out with `draw`.
        groups : array-like of shape (n_samples,), optional
            For a splitter that keeps groups together.
        **fit_params
            For the estimator's ``fit``; arrays with one value per row are split as X is.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Before any training, if an argument is not legal, or if the study of this name was begun with something
            else.
        KeyboardInterrupt
            After Ctrl-C; the attributes hold what is finished, and with `storage` the same call continues.
        """
        how = {"stored": self.storage is not None, "confusion": self.tracking_uri is not None}
        plan = make_plan(self, X, y, groups, fit_params, **how)

        def take(study, results, failures):
            found = Findings(plan, results, failures)
            self.baseline_, self.components_ = clone(plan.estimator), plan.components
            self.study_, self.failures_, self.scorers_ = study, failures, found.scorers
            self.effects_, self.cells_, self.results_ = found.effects, found.cells, found.results
            self._findings = found

        run_plan(plan, self, f"AblationCV(…, study_name={plan.identity!r}).fit(…)", take)
        tell(plan, self._findings.trials, self.failures_, self.max_time)
        return self

    @property
    def anova_(self):
        """Analysis of variance of a crossed design."""
        return self._crossed()[0]

    @property
    def importances_(self):
        """Importance of each component of a crossed design: fANOVA's and PED-ANOVA's."""
        return self._crossed()[1]

    def _crossed(self):
        if not hasattr(self, "_findings") or not self._findings.plan.terms:
            raise AttributeError("anova_ and importances_ need a fitted crossed design, 'factorial' or 'fractional'")
        return self._findings.crossed()

    def report(self, folder):
        """Write the report: the pages ``ablation.md`` and ``ablation.html``, its tables as CSV, and its picture.

        Parameters
        ----------
        folder : path-like
            Created if it does not exist; files of these names are replaced.

        Returns
        -------
        pathlib.Path
            The page.
        """
        check_is_fitted(self)
        return self._findings.write(folder, f"AblationCV.report({str(folder)!r})").files[0]

    def plot(self, ax=None, **options):
        """Draw the effects: :meth:`AblationDisplay.from_estimator`.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
        **options
            As in :meth:`AblationDisplay.plot`.

        Returns
        -------
        AblationDisplay
        """
        return AblationDisplay.from_estimator(self, ax=ax, **options)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "effects_")

    @property
    def summary_(self):
        """The findings as sentences: a Summary with text(), html() and markdown()."""
        check_is_fitted(self)
        return self._findings.summary

    def __repr__(self, N_CHAR_MAX=700):
        text = super().__repr__(N_CHAR_MAX)
        return f"{text}\n\n{self.summary_.text()}" if self.__sklearn_is_fitted__() else text

    def _html_repr(self):
        return self.summary_.html() if self.__sklearn_is_fitted__() else super()._html_repr()
