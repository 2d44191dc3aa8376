"""The benchmark that ``lineclf benchmark`` and ``studies/benchmark.py`` run: models on tracks of lines."""

from functools import partial
from typing import Any

from lineclf.benchmark import Arena, Benchmark, Contestant, Further, Goal, Score
from lineclf.runs import Profile

__all__ = [
    "BENCHMARK",
    "EXTENDED",
    "FEW",
    "JOINT",
    "LINE",
    "OWN",
    "SIZE",
    "drawn",
    "few",
    "few_in_all",
    "noisy",
    "without",
    "world",
    "worst_group",
]

EXTENDED = {
    "lengths": list(range(5, 18, 3)),
    "widths": [1, 2, 3, 4],
    "angles": [7.5 * step for step in range(24)],
    "colors": ["red", "blue"],
    "antialias": True,
    "subpixel": True,
}
FEW: dict[str, Any] = {"curve": "few-shot", "min_steps": 1000, "folds": "one"}
SIZE = {"n_train": 9600, "n_test": 4800}


def worst_group(estimator, X, y):
    """Accuracy of the angle in the worst group of colour and angle."""
    from lineclf.datasets import FACTORS, shortcut_groups
    from lineclf.metrics import worst_group_accuracy

    return worst_group_accuracy(y, estimator.predict(X), shortcut_groups, column=FACTORS.index("angle"))


def world(draw, random_state=None, **settings):
    """Draw a harder world, by the name of its draw in ``lineclf.model_selection``."""
    from lineclf import model_selection

    return getattr(model_selection, draw)(**SIZE | settings)(random_state)


def few(n, **options):
    """A point of the learning curve: n training images per class."""
    asks = f"what does it learn from {n} image{'s' * (n > 1)} a class?"
    # With so many images, hardly a class of 96 has fewer than n of them at the places that are trained on.
    at_least = 3 * n + 8
    return Arena(f"few-shot {n}", "few-shot", asks, options={"n_images": n}, at_least=at_least, **FEW, **options)


def few_in_all(n):
    """A point of the learning curve: n training images in all."""
    return Arena(
        f"few-shot {n} in all",
        "few-shot",
        f"what does it learn from {n} images in all?",
        options={"n_images": n, "per_class": False},
        ranks=False,
        **FEW,
    )


def drawn(name, asks, kind, settings, told=None, **options):
    """A world with a known bound: test images are drawn independently of the training images.

    `told` holds what the bound is told, if that differs from the world.
    """
    draw = partial(world, "BackgroundDraw" if kind == "" else f"{kind}Draw", **settings)
    bound = {"estimator": f"lineclf.baselines:{kind}BayesClassifier", "settings": told or settings}
    return Arena(name, None, asks, draw=draw, bound=bound, hold_out=0.1, **options)


def noisy(sigma):
    """Lines under white noise."""
    asks = f"how far is it from the best there is, under Gaussian noise of {sigma:g} of full scale?"
    return drawn(f"noise {sigma:g}", asks, "", {"noise": sigma, "beta": 0}, group="noise")


OWN = "matched filters"


# Of a single line, by its four labels.
LINE: dict[str, Any] = {"told": "the world", "cannot": ("crossing", "count")}


def without(part, settings):
    """This package's own net without one of its parts."""
    return Contestant(f"{OWN} ({part})", "lineclf:MatchedFilterClassifier", settings, variant_of=OWN, **LINE)


JOINT = "test_joint_accuracy"

BENCHMARK = Benchmark(
    name="leaderboard",
    question="what does a classifier know about lines?",
    arenas=(
        Arena(
            "replica",
            "replica",
            "does the report's split tell memory from recognition?",
            distinct=False,
            n_per_class=1000,
            ranks=False,
        ),
        Arena(
            "distinct",
            "distinct",
            "does it interpolate between neighbours?",
            tests=("corruptions", "color-shift"),
            ranks=False,
        ),
        Arena("position", "position", "does it know lines at places where it saw none?", folds="one", ranks=False),
        Arena("halves", "halves", "does it know in one half what it learned in the other?"),
        Arena("color-composition", "color-composition", "does it know a shape in its other colour?", folds="one"),
        Arena("composition", "composition", "does it recombine length, width and angle?", folds="one"),
        Arena("range", "range", "does it recombine what was never trained together, not even in pairs?"),
        Arena(
            "angles",
            "angles",
            "how well does it read angles between those it was trained on?",
            world=EXTENDED,
            distinct=False,
            n_per_class=36,
            units=True,
            score="test_mae_angle",
        ),
        Arena(
            "extrapolation",
            "extrapolation",
            "what is left of angle and colour where lines are longer or wider than all that it was trained on?",
            world=EXTENDED,
            options={"factor": "both"},
            distinct=False,
            n_per_class=36,
            units=True,
            score="test_joint_accuracy_seen",
        ),
        *(few_in_all(n) for n in (16, 32, 64)),
        *(few(n, ranks=n == 16) for n in (1, 2, 4, 8, 16, 32, 64)),
        *(noisy(sigma) for sigma in (0.5, 0.8)),
        drawn("background", "does it learn the noise, or only the signal?", "", {"noise": 0.8, "beta": 2}),
        drawn("crossing", "does it see two lines in one image?", "Crossing", {"noise": 0.5}),
        drawn("count", "does it see what is there at all?", "Count", {"noise": 0.8}),
        drawn(
            "shortcut",
            "does it follow the cause, or a cue that misleads in the test?",
            "Shortcut",
            {"noise": 0.8, "agreement": 0.99, "test_agreement": 0.5},
            told={"noise": 0.8, "agreement": 0.5},
            score=Score("angle right in the worst group", "%", 100, 2, name="worst_group", scorer=worst_group),
        ),
    ),
    further=(
        Further("corruptions", "what does damage that it never saw cost it?", "mce"),
        Further("color-shift", "does it read lines of a colour that it never saw, and notice?", "accuracy"),
        Further("few-shot", "how fast does it learn?", "area"),
    ),
    contestants=(
        Contestant("majority class", "sklearn.dummy:DummyClassifier"),
        Contestant("pixel neighbour", "lineclf.baselines:pixel_neighbor"),
        Contestant("Fourier neighbour", "lineclf.baselines:fft_neighbor", told="symmetry"),
        Contestant("moments rule", "lineclf.baselines:MomentsRuleClassifier", **LINE),
        Contestant("logistic regression", "lineclf.baselines:logistic_regression"),
        Contestant(
            "random forest",
            "sklearn.ensemble:RandomForestClassifier",
            {"n_estimators": 50, "max_samples": 0.5, "n_jobs": 2},
        ),
        Contestant("one-layer CNN", "lineclf:OneLayerCNNClassifier", {"units": 64, "epochs": 4}),
        Contestant("four-head CNN", "lineclf:MultiHeadLineClassifier", {"epochs": 4}),
        Contestant("global-pooling CNN", "lineclf:CompactCNNClassifier", {"epochs": 4}, told="symmetry"),
        Contestant(OWN, "lineclf:MatchedFilterClassifier", **LINE),
        # The same without one of its parts: which buys which track?
        without("free templates", {"templates": "free"}),
        without("colors apart", {"share_colors": False}),
        without("not centered", {"centered": False}),
        without("no reconstruction", {"reconstruction": 0.0}),
        without("best place", {"pooling": "max"}),
    ),
    reference="one-layer CNN",
    floor="majority class",
    goals=(
        Goal(OWN, "replica", JOINT, 1),
        Goal(OWN, "distinct", JOINT, 0.999),
        Goal(OWN, "position", JOINT, 0.999),
        Goal(OWN, "halves", JOINT, 0.99),
        Goal(OWN, "color-composition", JOINT, 0.99),
        Goal(OWN, "composition", JOINT, 0.95),
        Goal(OWN, "few-shot 16", JOINT, 0.95),
        Goal(OWN, "angles", "test_mae_angle", 3),
        Goal(OWN, "noise 0.5", "regret", 0.02),
        Goal(OWN, "noise 0.8", "regret", 0.05),
        Goal(OWN, "noise 0.5", "scaled_ece_joint", 0.02),
        Goal(OWN, "corruptions", "mce", 0.5),
        Goal(OWN, None, "parameters", 100_000),
        Goal(OWN, None, "seconds", 300),
    ),
    notes=(
        f"The defaults of {OWN} were chosen on validation splits of seeds from 1000 on, of the same world, all of "
        "whose images recur. Their design was changed three times after test scores of seed 0 had been seen on eleven "
        "tracks, the last time after they had missed the goal on composition at seeds 0–4: from seed 5 on its results "
        "there are blind. The other models were not tuned.",
    ),
    profiles={
        "quick": Profile(n_per_class=40, seeds=1, tracks=("distinct", "halves", "composition", "noise 0.5")),
        "full": Profile(n_per_class=None, seeds=5),
    },
)
