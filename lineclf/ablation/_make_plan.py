"""From an AblationCV and its data to a plan of trials: what can be wrong is told here, before anything is trained."""

import math
from numbers import Integral, Real

import numpy as np

from lineclf._checks import check_choice, check_count, check_fraction, fail, is_number
from lineclf.ablation._anova import crossed_terms
from lineclf.ablation._data import DrawnData, GivenData
from lineclf.ablation._designs import DESIGNS, design_cells
from lineclf.ablation._levels import identity, label
from lineclf.ablation._metadata import route
from lineclf.ablation._resolve import Owner, check_cells, make_components
from lineclf.ablation._scores import Scores
from lineclf.ablation._trials import AblationTrials
from lineclf.runs import fingerprint, load_estimator

_DESIGNS = DESIGNS[:4]  # a search compares nothing
_CROSSED = ("factorial", "fractional")


def make_plan(ablation, X, y, groups, fit_params, *, stored):
    """Return the trials of an ablation.

    Parameters
    ----------
    ablation : AblationCV
    X, y, groups : array-like or None
    fit_params : dict
    stored : bool
        Whether a later process goes on with it, so that all of it needs an identity.

    Returns
    -------
    AblationTrials

    Raises
    ------
    ValueError
        For an argument that is not legal.
    """
    random_state = _check(ablation, stored)
    base = _baseline(ablation.estimator)
    data = _data(ablation, base, X, y, groups, fit_params)
    owners = {"estimator": Owner(type(base).__name__, base.get_params()), **data.owners()}
    components = make_components(ablation.components, owners)
    cells, fraction = design_cells(ablation.design, components)
    check_cells(base, cells, components)
    scores = Scores(base, ablation.scoring)
    about = _about(base, data, scores, components, random_state, stored)
    return AblationTrials(
        ablation.study_name or f"{type(base).__name__} {fingerprint(about)}",
        estimator=base,
        components=fraction.components if fraction else components,
        cells=cells,
        seeds=_repetitions(ablation, base, data, components),
        random_state=random_state,
        data=data,
        scores=scores,
        about=about,
        params={
            "estimator": " ".join(repr(base).split()),
            "design": ablation.design,
            "scoring": "the estimator's own score" if ablation.scoring is None else label(ablation.scoring),
            **data.about(),
        },
        terms=crossed_terms(components, fraction) if ablation.design in _CROSSED else {},
        confidence=ablation.confidence,
        rope=ablation.rope,
    )


def _check(ablation, stored):
    """Check what stands for itself; return the random state as a number."""
    check_choice("design", ablation.design, _DESIGNS)
    check_count("seeds", ablation.seeds, minimum=2)
    check_fraction("confidence", ablation.confidence)
    if ablation.max_time is not None and not (is_number(ablation.max_time) and ablation.max_time > 0):
        raise fail("max_time", "a number of seconds > 0, or None", ablation.max_time)
    if ablation.n_jobs is not None and (not isinstance(ablation.n_jobs, Integral) or ablation.n_jobs == 0):
        raise fail("n_jobs", "a number of processes, -1 for all cores, or None", ablation.n_jobs)
    for name in ("cluster", "storage", "study_name", "tracking_uri"):
        value = getattr(ablation, name)
        if value is not None and (not isinstance(value, str) or not value):
            raise fail(name, "a text, or None", value)
    is_nan = isinstance(ablation.error_score, Real) and math.isnan(ablation.error_score)
    if not is_nan and ablation.error_score != "raise":  # a score that nobody measured would be compared
        raise fail("error_score", "'raise' or np.nan", ablation.error_score)
    if ablation.draw is not None and not callable(ablation.draw):
        raise fail("draw", "a function draw(random_state, …) that returns (X, y)", ablation.draw)
    if ablation.random_state is None:
        if stored:
            raise ValueError("random_state must be a number with storage=, which could not go on otherwise; got None")
        return int(np.random.default_rng().integers(2**31))
    if not isinstance(ablation.random_state, Integral) or isinstance(ablation.random_state, bool):
        raise fail("random_state", "a whole number, or None", ablation.random_state)
    return int(ablation.random_state)


def _baseline(given):
    """The estimator to compare with, not fitted."""
    base = load_estimator(given, {}) if isinstance(given, str) else given
    if isinstance(base, type) or not hasattr(base, "fit") or not hasattr(base, "get_params"):
        raise ValueError(
            "estimator must be a scikit-learn estimator, with fit and get_params, or the import path of one, "
            f"package.module:Class; got {given!r}"
        )
    return base


def _data(ablation, base, X, y, groups, fit_params):
    if ablation.draw is None:
        if X is None:
            raise ValueError("X must be given to fit, unless draw= makes the data; got None")
        return GivenData(
            base, X, y, groups, ablation.cv, route(base, ablation.scoring, ablation.cv, groups, fit_params)
        )
    given = {name: value for name, value in {"X": X, "y": y, "groups": groups}.items() if value is not None}
    given |= fit_params
    if given:
        raise ValueError(
            f"draw makes the data, so fit takes none; got {', '.join(given)}. Leave draw out to compare on one "
            "sample, or have draw return sample_weight in a Bunch"
        )
    return DrawnData(base, ablation.draw, ablation.cv)


def _repetitions(ablation, base, data, components):
    """Numbers of the repetitions: one where all would be the same."""
    if data.kind != "fixed":
        return list(range(ablation.seeds))
    if data.n_splits() < 2:
        raise ValueError(f"cv must give two folds or more where no seed changes them; got one by {ablation.cv!r}")
    parts = [base, *(level for each in components for level in each.levels if hasattr(level, "get_params"))]
    is_random = any(name.split("__")[-1] == "random_state" for part in parts for name in part.get_params())
    return list(range(ablation.seeds if is_random else 1))


def _about(base, data, scores, components, random_state, stored):
    """What the study is about, part by part; ValueError if nothing tells a part from another one later."""
    parts = {
        "estimator": lambda: identity(base),
        "scoring": scores.identity,
        "components": lambda: [identity(level) for each in components for level in each.levels],
        "draw" if data.kind == "draw" else "data": data.identity,
    }
    about: dict = {"random_state": random_state}
    for name, tell in parts.items():
        try:
            about[name] = tell()
        except TypeError as error:
            if stored:
                raise ValueError(f"storage cannot keep this study: {name}: {error}") from None
            about[name] = None
    del about["components"]  # each trial has its own
    return about
