"""Solutions of lesson 5: what may be said of 100 %? `python docs/course/solutions/lesson_5.py`."""

import math

import numpy as np

from lineclf.baselines import fft_neighbor, pixel_neighbor
from lineclf.datasets import make_lines
from lineclf.metrics import bayes_accuracy, corrected_interval
from lineclf.model_selection import ReplicaSplit, audit_split, get_track


def exercise_1():
    """5.1: exactly 1 on the leaked images, far less on the others; the score is their mean, weighted by the leak."""
    X, y = make_lines(n_per_class=160, random_state=0)
    ((train, test),) = ReplicaSplit(random_state=0).split(X, y)
    audit = audit_split(X[train], y[train], X[test], y[test])
    right = (pixel_neighbor().fit(X[train], y[train]).predict(X[test]) == y[test]).all(axis=1)
    leaked = np.isin(np.arange(len(test)), audit.leaked_rows)
    assert audit.label_conflicts == 0
    assert right[leaked].all()  # the nearest image is the same one, with the same labels
    assert right[~leaked].mean() < 0.6
    assert math.isclose(right.mean(), audit.leak + (1 - audit.leak) * right[~leaked].mean())


def exercise_2():
    """5.2: e = 1 - 0.05^(1/n), about 3/n as log(0.05) = -2.996; at least 99.9 % takes 2,995 images without an error."""
    for n, within in ((10, 0.2), (100, 0.02), (1000, 0.004)):
        exact = 1 - 0.05 ** (1 / n)
        assert exact < 3 / n
        assert abs(3 / n / exact - 1) < within
    need = math.ceil(math.log(0.05) / math.log(0.999))
    assert need == 2995
    assert 1 - 0.05 ** (1 / need) <= 0.001 < 1 - 0.05 ** (1 / (need - 1))


def exercise_3():
    """5.3: memory fails in all four, Fourier magnitudes do not: a shift leaves them as they are. No repetitions."""
    X, y, centres = make_lines(n_per_class=40, return_positions=True, random_state=0)
    splits = list(get_track("halves").split(X, y, centres))
    assert len(splits) == 4
    pixels, fourier = (
        [rule().fit(X[train], y[train]).score(X[test], y[test]) for train, test in splits]
        for rule in (pixel_neighbor, fft_neighbor)
    )
    assert max(pixels) < 0.3
    assert min(fourier) > 0.99
    # The same images are trained on in one split and tested in another, and there are no more than these four halves:
    # their mean is the score, and their spread is no standard error. Repetitions are new seeds.
    assert set(splits[0][0]) == set(splits[1][1])


def exercise_4():
    """5.4: the ordinary interval is wrong in more than a quarter of the cases, the corrected one in about 5 %."""
    rng = np.random.default_rng(0)
    wrong = {"ordinary": 0, "corrected": 0}
    for _ in range(1000):
        right = rng.random((2, 200)) < 0.9
        differences = []
        for _ in range(10):
            test = rng.permutation(200)[:50]
            differences.append(right[0, test].mean() - right[1, test].mean())
        for name, ratio in (("ordinary", 0), ("corrected", 1 / 3)):
            found = corrected_interval(differences, test_train_ratio=ratio)
            wrong[name] += not found.low <= 0 <= found.high
    assert wrong["ordinary"] > 200
    assert wrong["corrected"] < 100


def exercise_5():
    """5.5: copied before the split, so that most test images are trained on. Split first: 1 or 2 % are left."""
    X, y = make_lines(n_per_class=20, noise=0.8, dtype="float32", random_state=0)
    twice, labels = np.concatenate([X, X]), np.concatenate([y, y])
    ((train, test),) = ReplicaSplit(random_state=0).split(twice, labels)
    reported = pixel_neighbor().fit(twice[train], labels[train]).score(twice[test], labels[test])
    ceiling = bayes_accuracy(0.8, n=960, random_state=0)["joint"]
    assert reported > ceiling.accuracy + 5 * ceiling.standard_error  # better than possible: something is wrong
    assert audit_split(twice[train], labels[train], twice[test], labels[test]).leak > 0.7

    ((train, test),) = ReplicaSplit(random_state=0).split(X, y)
    X_train, y_train = np.concatenate([X[train], X[train]]), np.concatenate([y[train], y[train]])
    assert audit_split(X_train, y_train, X[test], y[test]).leak == 0
    assert pixel_neighbor().fit(X_train, y_train).score(X[test], y[test]) < 0.1


EXERCISES = (exercise_1, exercise_2, exercise_3, exercise_4, exercise_5)

if __name__ == "__main__":
    for exercise in EXERCISES:
        exercise()
        print(exercise.__doc__)
