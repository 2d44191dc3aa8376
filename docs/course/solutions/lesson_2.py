"""Solutions of lesson 2: does a net learn, or does it remember? `python docs/course/solutions/lesson_2.py`."""

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from lineclf import OneLayerCNNClassifier
from lineclf.datasets import fetch_mnist
from lineclf.metrics import paired_difference, verdict


def split(n_train):
    """Draw so many training digits and always the same 1,000 test digits."""
    digits = fetch_mnist("small")
    X, X_test, y, y_test = train_test_split(
        digits.images, digits.target, test_size=1000, stratify=digits.target, random_state=0
    )
    return X[:n_train], y[:n_train], X_test, y_test


def net(**settings):
    """Make the lesson's net."""
    return OneLayerCNNClassifier(**{"units": 64, "random_state": 0, **settings})


def exercise_1():
    """2.1: "no" is right in 90 %; balanced accuracy (50 %) and macro F1 (47 %) show that it has learned nothing."""
    X_train, y_train, X_test, y_test = split(500)
    answer = DummyClassifier(strategy="most_frequent").fit(X_train, y_train == 0).predict(X_test)
    truth = y_test == 0
    assert accuracy_score(truth, answer) == 0.9
    assert balanced_accuracy_score(truth, answer) == 0.5
    assert abs(f1_score(truth, answer, average="macro", zero_division=0) - 0.474) < 0.001


def exercise_2():
    """2.2: exactly 0. The net has never seen an 8 or a 9, has no unit for them, and is asked about nothing else."""
    digits = fetch_mnist("small")
    clf = net(epochs=1).fit(digits.images[:4000], digits.target[:4000])
    assert clf.classes_.tolist() == list(range(8))
    assert set(digits.target[4000:]) == {8, 9}
    assert clf.score(digits.images[4000:], digits.target[4000:]) == 0


def exercise_3():
    """2.3: nearly all training images are right, and a tenth of the test images: the net has learned names by heart."""
    X_train, y_train, X_test, y_test = split(300)
    nonsense = np.random.default_rng(0).permutation(y_train)
    clf = net(epochs=40).fit(X_train, nonsense)
    assert clf.score(X_train, nonsense) > 0.9
    assert abs(clf.score(X_test, y_test) - 0.1) < 0.08


def exercise_4():
    """2.4: ten times the images beat ten times the epochs by several points, many times the spread of the seeds."""
    scores = {}
    for n, epochs in ((250, 40), (2500, 4)):
        X_train, y_train, X_test, y_test = split(n)
        fits = [net(epochs=epochs, random_state=seed).fit(X_train, y_train) for seed in range(3)]
        scores[n] = [clf.score(X_test, y_test) for clf in fits]
    difference = np.mean(scores[2500]) - np.mean(scores[250])
    assert difference > 0.03
    assert difference > 3 * np.hypot(np.std(scores[2500], ddof=1), np.std(scores[250], ddof=1))


def exercise_5():
    """2.5: not shown. The interval of five differences is wider than +-0.2 points; more seeds and images narrow it."""
    X_train, y_train, X_test, y_test = split(500)
    scores = {
        dropout: [
            net(epochs=10, dropout=dropout, random_state=seed).fit(X_train, y_train).score(X_test, y_test)
            for seed in range(5)
        ]
        for dropout in (0.0, 0.2)
    }
    found = paired_difference(scores[0.2], scores[0.0])
    assert found.n == 5
    assert abs(found.delta) < 0.03  # it does look similar
    assert found.high - found.low > 2 * 0.002  # but the interval does not fit between -0.2 and +0.2 points
    assert verdict(found.low, found.high, rope=0.002) != "equivalent"


EXERCISES = (exercise_1, exercise_2, exercise_3, exercise_4, exercise_5)

if __name__ == "__main__":
    for exercise in EXERCISES:
        exercise()
        print(exercise.__doc__)
