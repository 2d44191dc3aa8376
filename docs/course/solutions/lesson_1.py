"""Solutions of lesson 1: what is in the data, and what is in it twice? `python docs/course/solutions/lesson_1.py`."""

import numpy as np

from lineclf.baselines import pixel_neighbor
from lineclf.datasets import TARGET_NAMES, class_index, load_lines, make_lines
from lineclf.model_selection import DistinctSplit, ReplicaSplit, audit_split


def exercise_1():
    """1.1: a red line, 15 px long and 3 px wide, of 135 degrees: it falls to the right."""
    name = "1_1_9_0_3.jpg"
    levels = [int(part) for part in name.split("_")[:4]]
    assert [names[level] for names, level in zip(TARGET_NAMES, levels, strict=True)] == ["15", "3", "135", "red"]

    X, y = make_lines(n_per_class=1, random_state=0)
    (image,) = X[(y == levels).all(axis=1)]
    rows, columns = np.nonzero(image[..., 0])
    assert image[..., 1:].max() == 0  # neither green nor blue
    assert abs(len(rows) / (15 * 3) - 1) < 0.2  # about as many pixels as its area
    assert np.corrcoef(columns, rows)[0, 1] > 0.8  # to the right it goes down


def exercise_2():
    """1.2: (28 - length + 1) x (28 - width + 1) places; the largest lines at slanted angles have the fewest."""
    _, y = make_lines(n_per_class=None, distinct=True)
    places = np.bincount(class_index(y)).reshape(2, 2, 12, 2)
    for i, length in enumerate((7, 15)):
        for j, width in enumerate((1, 3)):
            assert places[i, j, 0, 0] == (28 - length + 1) * (28 - width + 1)

    # The centre has as many places as are left when the line's bounding box has taken its part. A slanted line needs
    # room in both directions.
    fewest = np.argwhere(places == places.min())
    assert (fewest[:, :2] == 1).all()  # long and thick
    assert {TARGET_NAMES[2][angle] for angle in fewest[:, 2]} == {"30", "60", "120", "150"}
    assert (places[..., 0] == places[..., 1]).all()  # the colour takes no room


def exercise_3():
    """1.3: 1 - (1 - 1/N)^750, on average what the audit finds; about 42 training images a class leak below 10 %."""
    _, y = make_lines(n_per_class=None, distinct=True)
    places = np.bincount(class_index(y))

    def leak(n):
        return (1 - (1 - 1 / places) ** n).mean()

    train, test = load_lines("train"), load_lines("test")
    found = audit_split(train.images, train.target, test.images, test.target).leak
    assert abs(leak(750) - found) < 0.01
    most = max(n for n in range(1, 750) if leak(n) < 0.1)
    assert 35 <= most <= 45

    X, y = make_lines(n_per_class=2 * most, shuffle=False, random_state=0)
    trained = np.tile(np.arange(2 * most) < most, 96)
    assert audit_split(X[trained], y[trained], X[~trained], y[~trained]).leak < 0.11


def exercise_4():
    """1.4: noise makes copies differ, but they stay as near as noise is large, and memory still finds them."""
    clean, y = make_lines(n_per_class=200, random_state=0)
    noisy, same = make_lines(n_per_class=200, noise=0.02, random_state=0)
    assert np.array_equal(y, same)  # noise changes no line
    ((train, test),) = ReplicaSplit(random_state=0).split(clean, y)
    before = audit_split(clean[train], y[train], clean[test], y[test])
    after = audit_split(noisy[train], y[train], noisy[test], y[test], distances=True)
    assert before.leak > 0.25
    assert after.leak == 0

    leaked = np.isin(after.distance_rows, before.leaked_rows)
    assert np.median(after.distances[leaked]) < 0.5 * np.median(after.distances[~leaked])

    rows = {"copies": before.leaked_rows, "others": np.setdiff1d(np.arange(len(test)), before.leaked_rows)}
    memory = pixel_neighbor().fit(noisy[train], y[train])
    right = {name: memory.score(noisy[test[some]], y[test[some]]) for name, some in rows.items()}
    assert right["copies"] > 0.95
    assert right["others"] < 0.7


def exercise_5():
    """1.5: distinct images, real-valued places, more room. Only held-out regions would keep near copies away."""
    X, y = make_lines(n_per_class=100, random_state=0)
    ((train, test),) = DistinctSplit(random_state=0).split(X, y)
    distinct = audit_split(X[train], y[train], X[test], y[test], distances=True)

    X, y = make_lines(n_per_class=100, subpixel=True, antialias=True, random_state=0)
    ((train, test),) = ReplicaSplit(random_state=0).split(X, y)
    subpixel = audit_split(X[train], y[train], X[test], y[test], distances=True)
    assert distinct.leak == subpixel.leak == 0

    # As many draws as the report made, with four times the area: of two angles, so that memory holds it.
    leaks = []
    for size in (28, 56):
        X, y = make_lines(n_per_class=1000, image_size=size, angles=[0, 45], random_state=0)
        ((train, test),) = ReplicaSplit(random_state=0).split(X, y)
        leaks.append(audit_split(X[train], y[train], X[test], y[test]).leak)
    assert leaks[1] < 0.5 < leaks[0]

    # None of them asks for more than neighbours: half of the test images have a training image that differs in a few
    # pixels. The distance of two images that share no lit pixel is far larger.
    apart = 255 * np.sqrt(2 * 15)
    assert np.median(distinct.distances) < apart
    assert np.median(subpixel.distances) < apart


EXERCISES = (exercise_1, exercise_2, exercise_3, exercise_4, exercise_5)

if __name__ == "__main__":
    for exercise in EXERCISES:
        exercise()
        print(exercise.__doc__)
