"""The contract of a model for a leaderboard."""

import json
from inspect import Parameter, signature

import numpy as np
from sklearn.base import clone

from lineclf.benchmark import Contestant
from lineclf.runs import Split, evaluate, for_several_targets, load_estimator, seed_estimator, takes_images
from lineclf.testing._promises import promise, small_lines, untouched

__all__ = ["check_model"]

_NAME = "the model"


def check_model(model, *, X=None, y=None):
    """Check that a model meets the requirements of a leaderboard, by training it a few times on little data.

    Parameters
    ----------
    model : str, class, function, estimator or Contestant
        A :class:`lineclf.benchmark.Contestant`, or what it takes: an import path ``package.module:name``, the class or
        function at this path, or an estimator of such a class.
    X : array-like of shape (n, n_features) or (n, height, width, channels), optional
        Data to train and test it on; by default 64 small images of lines, as rows of bytes for a model that does not
        take images.
    y : array-like of int, shape (n,) or (n, n_targets), optional
        Labels; by default four per line. A classifier of one target gets a class for each combination.

    Raises
    ------
    AssertionError
        If it does not; the message says which promise is broken.

    Notes
    -----
    The checks are, in this order: the model is made from its import path and settings, and stores them as they are
    given, so that scikit-learn can clone it; ``fit`` returns the model itself and does not change data, settings and
    global random states; ``predict`` gives the shape of the labels, only levels that were trained, the same answers
    again, and the same answer for a row whatever rows stand beside it; ``predict_proba``, if there is one, has a column
    per class, and rows that sum to 1; a second ``fit`` forgets the first, and the same seed gives the same answers;
    noisy images, which are float32, work as well, and the leaderboard can score them.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from lineclf.testing import check_model
    >>> check_model(DecisionTreeClassifier(max_depth=3))
    """
    noisy = X, y
    if X is None:
        X, y = small_lines(2)
        noisy = small_lines(2, noise=0.3, dtype="float32")
    X, y = np.asarray(X), np.asarray(y)
    make = _check_settings(model, several=y.ndim > 1 and y.shape[1] > 1)
    first = make()
    if not takes_images(first):
        X = X.reshape(len(X), -1)
    _check_fit(first, X, y)
    answers = _check_answers(first, X, y)
    _check_probabilities(first, X, y)
    _check_seeds(make, X, y, answers)
    _check_scores(make(), *map(np.asarray, noisy))


def _check_settings(model, several):
    """Function that makes the model with a seed, as in a trial."""
    with promise(f"{_NAME} must have an import path, by which a trial makes it"):
        contestant = model if isinstance(model, Contestant) else Contestant("model", model)
    with promise("settings must be plain values, which JSON has"):
        json.dumps(dict(contestant.settings))
    with promise(f"{_NAME} must be made by its import path, with its settings"):
        estimator = load_estimator(contestant.estimator, dict(contestant.settings))
    for name in ("fit", "predict", "get_params", "set_params"):
        assert callable(getattr(estimator, name, None)), f"{_NAME} must have {name}(); {type(estimator)} has none"
    stores = "__init__ must store each argument as it is given, so that clone() makes another one"
    with promise(stores):
        clone(estimator)
        params = estimator.get_params(deep=False)
    replaced = [name for name, value in _given(contestant, estimator).items() if repr(params[name]) != repr(value)]
    assert not replaced, f"{stores}; it replaces {', '.join(replaced)}"

    def make():
        fresh = load_estimator(contestant.estimator, dict(contestant.settings))
        return seed_estimator(for_several_targets(fresh) if several else fresh, 0)

    return make


def _given(contestant, estimator):
    """Arguments that an estimator was made with; unknown if a function makes it."""
    kind = type(estimator)
    if contestant.estimator.partition(":")[2] != kind.__name__:
        return {}
    defaults = {name: each.default for name, each in signature(kind).parameters.items()}
    known = {name: value for name, value in defaults.items() if value is not Parameter.empty}
    return known | dict(contestant.settings)


def _check_fit(estimator, X, y):
    params = {name: repr(value) for name, value in estimator.get_params().items()}
    with untouched(X=X, y=y):
        with promise("fit(X, y) must take rows of numbers and whole numbers as labels"):
            fitted = estimator.fit(X, y)
        assert fitted is estimator, f"fit must return the model itself; it returns {fitted!r}"
        with promise("predict(X) must answer for the rows that it was trained on"):
            estimator.predict(X)
    after = {name: repr(value) for name, value in estimator.get_params().items()}
    changed = [name for name in params if params[name] != after[name]]
    assert not changed, f"fit must leave the settings as they are; it changes {', '.join(changed)}"


def _check_answers(estimator, X, y):
    answers = np.asarray(estimator.predict(X))
    assert answers.shape == y.shape, f"predict must have the shape of the labels, {y.shape}; it has {answers.shape}"
    for i, (answer, known) in enumerate(zip(_columns(answers), _columns(y), strict=True)):
        strange = set(answer.tolist()) - set(known.tolist())
        assert not strange, f"predict must give levels that were trained; in column {i} it gives {sorted(strange)[:3]}"
    again = np.asarray(estimator.predict(X))
    assert np.array_equal(answers, again), "predict must give the same answers again for the same rows"
    half = len(X) // 2
    part = np.asarray(estimator.predict(X[:half]))
    # Sums of another order may turn an answer that was a tie.
    same = np.mean(part == answers[:half])
    assert same > 0.95, f"a row's answer must not depend on the rows beside it; {same:.0%} of half the rows agree"
    return answers


def _check_probabilities(estimator, X, y):
    if not hasattr(estimator, "predict_proba"):
        return
    with promise("predict_proba(X) must answer where predict does"):
        found = estimator.predict_proba(X)
    single = y.ndim == 1
    tables = [found] if single else found
    assert hasattr(estimator, "classes_"), "a model with predict_proba must have classes_, which names its columns"
    classes = [estimator.classes_] if single else estimator.classes_
    n = len(_columns(y))
    for name, each in (("predict_proba", tables), ("classes_", classes)):
        assert len(each) == n, f"{name} must be a list of {n}, one per column of the labels; it has {len(each)}"
    for i, (table, known) in enumerate(zip(tables, classes, strict=True)):
        shape = (len(X), len(known))
        assert np.shape(table) == shape, f"predict_proba must have the shape {shape} for column {i}: {np.shape(table)}"
        assert np.min(table) >= 0, f"probabilities must be at least 0; column {i} has {np.min(table):.3g}"
        sums = np.sum(table, axis=1)
        worst = sums[np.abs(sums - 1).argmax()]
        assert abs(worst - 1) < 1e-3, f"probabilities of a row must sum to 1; in column {i} one has {worst:.3g}"


def _check_seeds(make, X, y, answers):
    other = make()
    order = np.arange(len(X))[::-1]
    with promise("a second fit must be possible"):
        other.fit(X[order][::2], y[order][::2]).fit(X, y)
    found = np.asarray(other.predict(X))
    if np.array_equal(found, answers):
        return
    fresh = np.asarray(make().fit(X, y).predict(X))
    assert np.array_equal(fresh, answers), (
        "the same random_state must give the same answers, and a model without random_state always the same: "
        f"{np.mean(fresh != answers):.1%} of them differ"
    )
    share = np.mean(found != answers)
    raise AssertionError(f"a second fit must forget the first; {share:.1%} of the answers differ from those without it")


def _check_scores(estimator, X, y):
    sides = {"X_train": X[::2], "y_train": y[::2], "X_test": X[1::2], "y_test": y[1::2]}
    names = [f"label {i}" for i in range(len(_columns(y)))]
    labels = {
        name: [str(level) for level in range(int(column.max()) + 1)]
        for name, column in zip(names, _columns(y), strict=True)
    }
    with promise("the leaderboard must be able to train it on float32 numbers, and to score it"):
        result = evaluate(estimator, Split(name="check", labels=labels, source={}, **sides), learning=False)
        json.dumps(result)


def _columns(y):
    return list(y.reshape(len(y), -1).T)
