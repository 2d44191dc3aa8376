"""Solutions of lesson 6: which parts matter, and how sure is that? `python docs/course/solutions/lesson_6.py`."""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from lineclf import AblationCV
from lineclf.baselines import fft_magnitudes
from lineclf.metrics import corrected_interval, head_scorers, sequential_interval, verdict
from lineclf.model_selection import TrackDraw


def nearest(n_neighbors=1):
    """Make the lesson's pipeline."""
    return Pipeline(
        [
            ("fourier", FunctionTransformer(fft_magnitudes)),
            ("scale", StandardScaler()),
            ("nearest", KNeighborsClassifier(n_neighbors)),
        ]
    )


def ablate(model, components, n_per_class, **options):
    """Take the lesson's pipeline apart on the lesson's data, of so many images a class."""
    draw = TrackDraw("halves", n_per_class=n_per_class, flat=True, noise=0.15)
    return AblationCV(model, components, draw=draw, scoring=head_scorers(), **options).fit()


def exercise_1():
    """6.1: equivalent, open, worse, open, better. The first excludes 0, but says that the difference is too small."""
    intervals = ((0.002, 0.008), (-0.004, 0.012), (-0.2, -0.011), (-0.03, 0.03), (0.011, 0.013))
    found = [verdict(low, high, rope=0.01) for low, high in intervals]
    assert found == ["equivalent", "open", "worse", "open", "better"]
    # More seeds narrow an interval. Only the open ones can change their verdict, if the others are right.


def exercise_2():
    """6.2: one other answer is as likely as not to come. Of few test images that is much: open; of many: equivalent."""
    found = {n: ablate(nearest(), {"nearest__algorithm": ["brute"]}, n, seeds=4).effects_.iloc[0] for n in (2, 12)}
    assert all(row["delta"] == 0 and row["low"] < 0 < row["high"] for row in found.values())
    assert found[12]["high"] < found[2]["high"] / 2
    assert found[2]["verdict"] == "open"
    assert found[12]["verdict"] == "equivalent"


def exercise_3():
    """6.3: four trials, then twelve; the first four are as they were. Another baseline under that name is refused."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {"storage": f"sqlite:///{Path(folder, 'course.db')}", "study_name": "exercise"}
        part = {"nearest__n_neighbors": [3]}
        first = ablate(nearest(), part, 3, seeds=2, **kept)
        assert len(first.study_.trials) == 2 * 2  # asked now: study_ looks into the storage, which grows
        more = ablate(nearest(), part | {"scale": ["passthrough"]}, 3, seeds=4, **kept)
        assert len(more.study_.trials) == 3 * 4
        keys = ["cell", "seed"]
        both = first.results_.set_index(keys)["joint"], more.results_.set_index(keys)["joint"]
        assert both[0].equals(both[1].loc[both[0].index])
        refused = ""
        try:
            ablate(nearest(n_neighbors=5), part, 3, seeds=2, **kept)
        except ValueError as error:
            refused = str(error)
        assert "exercise" in refused


def exercise_4():
    """6.4: in about a quarter of the runs instead of 5 %. The interval that allows looking finds one in few of them."""
    rng = np.random.default_rng(0)
    deceived = {"ordinary": 0, "sequential": 0}
    for _ in range(500):
        differences = rng.normal(size=30)
        looks = [differences[:n] for n in range(3, 31)]
        ordinary = (corrected_interval(seen, test_train_ratio=0) for seen in looks)
        deceived["ordinary"] += any(found.low > 0 or found.high < 0 for found in ordinary)
        deceived["sequential"] += sequential_interval(differences).pvalue <= 0.05  # the smallest so far
    assert deceived["ordinary"] > 0.15 * 500
    assert deceived["sequential"] < 0.08 * 500


def exercise_5():
    """6.5: each scaler alone can go, both cannot: one does the other's job, which only the pair's row shows."""
    X, y = load_breast_cancer(return_X_y=True)
    model = make_pipeline(StandardScaler(), MinMaxScaler(), SVC())
    parts = {"standardscaler": ["passthrough"], "minmaxscaler": ["passthrough"]}
    alone = AblationCV(model, parts, seeds=5).fit(X, y).effects_
    assert (alone["verdict"] != "worse").all()
    crossed = AblationCV(model, parts, design="factorial", seeds=5).fit(X, y).effects_
    (pair,) = crossed[crossed["size"] == 2].to_dict("records")
    assert pair["delta"] < -0.02
    assert pair["high"] < 0
    # "Neither matters" is true of each alone, with the other there. One-at-a-time never looks at the cell without both.


EXERCISES = (exercise_1, exercise_2, exercise_3, exercise_4, exercise_5)

if __name__ == "__main__":
    for exercise in EXERCISES:
        exercise()
        print(exercise.__doc__)
