"""Solutions of lesson 3: when is an answer of four heads right? `python docs/course/solutions/lesson_3.py`."""

from functools import lru_cache

import numpy as np

from lineclf import MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.datasets import make_lines
from lineclf.metrics import head_accuracy_scores, joint_accuracy_score
from lineclf.model_selection import get_track


@lru_cache(maxsize=1)
def lesson():
    """Train the lesson's net; give it, its test images, their labels and its answers."""
    X, y, centres = make_lines(n_per_class=60, return_positions=True, random_state=0)
    train, test = next(get_track("halves").split(X, y, centres))
    clf = MultiHeadLineClassifier(epochs=6, random_state=0).fit(X[train], y[train])
    return clf, X[test], y[test], clf.predict(X[test])


def exercise_1():
    """3.1: all four right, row by row. The joint accuracy is at most the worst head's, and at least 1 - all errors."""
    clf, X, y, answers = lesson()
    assert (answers == y).all(axis=1).mean() == clf.score(X, y)

    truth = np.zeros((100, 4), int)
    together, apart = truth.copy(), truth.copy()
    together[:10] = 1  # the same ten images
    for head in range(4):
        apart[10 * head : 10 * (head + 1), head] = 1  # ten others for each head
    for wrong, joint in ((together, 0.9), (apart, 0.6)):
        assert set(head_accuracy_scores(truth, wrong).values()) == {0.9}
        assert joint_accuracy_score(truth, wrong) == joint

    heads = list(clf.head_scores(X, y).values())
    assert max(0, 1 - sum(1 - accuracy for accuracy in heads)) <= clf.score(X, y) <= min(heads)


def exercise_2():
    """3.2: the angle. Its truth lifts the joint accuracy by far more than that of the colour does."""
    _, _, y, answers = lesson()
    joint = joint_accuracy_score(y, answers)
    gains = {}
    for column, head in enumerate(("length", "width", "angle", "color")):
        helped = answers.copy()
        helped[:, column] = y[:, column]
        gains[head] = joint_accuracy_score(y, helped) - joint
    assert all(gain >= 0 for gain in gains.values())
    assert max(gains, key=gains.get) == "angle"
    assert gains["angle"] > 2 * gains["color"]


def exercise_3():
    """3.3: more errors are neighbours in a circle than the plain difference says."""
    _, _, y, answers = lesson()
    plain = np.abs(answers[:, 2] - y[:, 2])
    circle = np.minimum(plain, 12 - plain)
    wrong = plain > 0
    assert circle.max() <= 6
    assert (circle[wrong] == 1).mean() >= (plain[wrong] == 1).mean()
    degrees = 15 * circle.mean()
    assert 0 < degrees < 45  # 45 is what guessing gives
    assert abs(15 * np.minimum(np.arange(12), 12 - np.arange(12)).mean() - 45) < 1e-9


def exercise_4():
    """3.4: exactly 0 for the softmax over combinations, as it can only answer with those it has seen."""
    X, y = make_lines(n_per_class=40, random_state=0)
    train, test = next(get_track("composition", random_state=0).split(X, y))
    assert not set(map(tuple, y[train, :3])) & set(map(tuple, y[test, :3]))
    assert all(set(y[test, head]) <= set(y[train, head]) for head in range(4))
    flat = OneLayerCNNClassifier(units=16, epochs=2, random_state=0).fit(X[train], y[train])
    heads = MultiHeadLineClassifier(epochs=6, random_state=0).fit(X[train], y[train])
    assert flat.score(X[test], y[test]) == 0
    assert heads.score(X[test], y[test]) > 0.2


def exercise_5():
    """3.5: the claim fails. The colour head learns green, but to the others green lines are a sight they never had."""
    X, y = make_lines(n_per_class=80, random_state=0)
    clf = MultiHeadLineClassifier(epochs=4, random_state=0).fit(X, y)
    new, truth = make_lines(n_per_class=20, random_state=1)
    known = clf.head_scores(new, truth)
    before = clf.predict(new)

    green, _ = make_lines(n_per_class=40, colors=["green"], random_state=2)
    mixed = np.concatenate([green, X[: len(green)]])
    colors = np.concatenate([np.full(len(green), 2), y[: len(green), 3]])
    clf.fit_head("color", mixed, colors, epochs=3)

    green, levels = make_lines(n_per_class=20, colors=["green"], random_state=3)
    levels[:, 3] = 2
    found = clf.head_scores(green, levels)
    assert found["color"] > 0.95
    assert found["angle"] < known["angle"] - 0.2
    assert np.array_equal(clf.predict(new)[:, :3], before[:, :3])  # what the heads share is frozen

    # Red and blue lines on black have zeros in the green channel: no gradient reaches its weights, which stay as they
    # were drawn at random. What green then means to the shared filters is chance.


EXERCISES = (exercise_1, exercise_2, exercise_3, exercise_4, exercise_5)

if __name__ == "__main__":
    for exercise in EXERCISES:
        exercise()
        print(exercise.__doc__)
