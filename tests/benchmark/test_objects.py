"""A benchmark of one's own: data, splits, models, scores and further tests as objects."""

import numpy as np
import optuna
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.metrics import cohen_kappa_score, make_scorer, mean_absolute_error
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from lineclf.benchmark import Arena, Benchmark, Contestant, Further, Goal, Score
from lineclf.benchmark._draw import draw
from lineclf.runs import Profile, make_options, run_study
from lineclf.runs._identity import child_seed

KAPPA = Score("Cohen's kappa", name="kappa", scorer=make_scorer(cohen_kappa_score))
LEVELS_OFF = Score("levels off", name="off", smaller_is_better=True, scorer=make_scorer(mean_absolute_error))
KEPT = Score("answers kept", "%", 100, 1, name="kept")


def blobs(random_state):
    """Three classes with words for names."""
    X, y = make_classification(120, 6, n_informative=4, n_classes=3, random_state=random_state)
    return X, np.array(["low", "mid", "top"])[y]


def two_heads(random_state):
    X, y = blobs(random_state)
    return X, pd.DataFrame({"place": y, "sign": np.where(X[:, 0] > 0, "plus", "minus")})


def shaken(estimator, split, seed):
    """How many answers stay the same where the test side is shaken a little."""
    X = split.X_test + np.random.default_rng(seed).normal(0, 0.1, split.X_test.shape)
    return {"kept": np.mean(estimator.predict(X) == estimator.predict(split.X_test))}


TREE, BAYES = DecisionTreeClassifier(max_depth=4), GaussianNB
STUDY = Benchmark(
    name="own",
    question="whose?",
    arenas=(
        Arena("blobs", StratifiedKFold(3, shuffle=True), "?", draw=blobs, score=KAPPA, tests=("shaken", "corruptions")),
        Arena("quarter", None, "?", draw=blobs),
        Arena("heads", 4, "?", draw=two_heads),
        Arena("lines", KFold(5, shuffle=True), "?", score=LEVELS_OFF),
    ),
    further=(
        Further("shaken", "does a little noise matter?", KEPT, shaken),
        Further("corruptions", "the same under a name that the package has?", KEPT, shaken),
    ),
    contestants=(Contestant("tree", TREE), Contestant("bayes", BAYES)),
    profiles={"quick": Profile(3, 2)},
    goals=(Goal("tree", "blobs", KAPPA, 0.1), Goal("tree", "shaken", KEPT, 0.5)),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    options = {"storage": f"sqlite:///{folder}/own.db", "tracking_uri": "none", "output": folder}
    found = run_study(STUDY, **options)
    again = run_study(STUDY, **options)
    assert not found.failures
    assert again.results == found.results  # nothing is trained twice
    return folder, pd.read_csv(folder / "results.csv")


def value(frame, track, model, metric, seed):
    rows = frame[(frame["track"] == track) & (frame["model"] == model) & (frame["metric"] == metric)]
    return rows.set_index("seed")["value"][seed]


@pytest.mark.parametrize("seed", [0, 1])
def test_own_data_own_splitter_and_own_score_are_scikit_learns(run, seed):
    _, frame = run
    X, y = blobs(child_seed(seed, "data"))
    cv = StratifiedKFold(3, shuffle=True, random_state=child_seed(seed, "split"))
    scoring = {"kappa": make_scorer(cohen_kappa_score), "accuracy": "accuracy"}
    found = cross_validate(GaussianNB(), X, y, cv=cv, scoring=scoring)
    assert value(frame, "blobs", "bayes", "kappa", seed) == pytest.approx(found["test_kappa"].mean())
    assert value(frame, "blobs", "bayes", "test_accuracy", seed) == pytest.approx(found["test_accuracy"].mean())


def test_a_track_of_own_data_has_the_sides_and_names_that_it_says(run):
    by_name = {arena.name: draw(arena, 3, 1)[0] for arena in STUDY.arenas[:3]}
    assert {name: (len(each.y_train), len(each.y_test)) for name, each in by_name.items()} == {
        "blobs": (80, 40),
        "quarter": (90, 30),
        "heads": (90, 30),
    }
    assert by_name["heads"].labels == {"place": ["low", "mid", "top"], "sign": ["minus", "plus"]}
    X, y = two_heads(child_seed(1, "data"))
    rows = [np.flatnonzero((row == X).all(axis=1))[0] for row in by_name["heads"].X_test]
    names = np.array([["low", "mid", "top"], ["minus", "plus", ""]])
    named = names[np.arange(2), by_name["heads"].y_test]
    assert named.tolist() == y.iloc[rows].to_numpy().tolist()


def test_the_page_shows_own_scores_heads_and_tests(run):
    folder, frame = run
    page = (folder / "leaderboard.md").read_text()
    kappa = frame[(frame["metric"] == "kappa") & (frame["model"] == "tree")]["value"]
    assert f"| tree | blobs | Cohen's kappa | ≥ 0.1 | {kappa.mean():.3f} |" in page
    kept = frame[(frame["metric"] == "kept") & (frame["model"] == "bayes") & (frame["track"] == "shaken")]["value"]
    assert len(kept) == 2
    assert "## corruptions: the same under a name that the package has?" in page
    assert "## shaken: does a little noise matter?" in page
    assert f"| bayes | {100 * kept.mean():.1f} ± " in page
    assert "| place | sign |" in page
    assert "levels off (smaller is better)" in page
    assert "*ceiling*" not in page.partition("## quarter")[2].partition("## heads")[0]  # of these data nobody knows it
    off = frame[(frame["metric"] == "off")].groupby("model")["value"].mean()
    section = page.partition("## lines: ?")[2].partition("## shaken")[0]
    assert section.index(f"| {off.idxmin()} |") < section.index(f"| {off.idxmax()} |")  # smaller is better


def test_optuna_has_values_of_which_large_ones_are_good(run):
    folder, frame = run
    study = optuna.load_study(study_name="own", storage=f"sqlite:///{folder}/own.db")
    for trial in study.trials:
        track, model, seed = (trial.params[name] for name in ("track", "model", "seed"))
        if track in ("blobs", "lines"):
            sign, metric = {"blobs": (1, "kappa"), "lines": (-1, "off")}[track]
            assert trial.value == pytest.approx(sign * value(frame, track, model, metric, seed))


def test_another_score_or_test_is_another_result():
    def keys(arena, further=STUDY.further):
        parts = {"contestants": STUDY.contestants, "profiles": STUDY.profiles, "further": further}
        study = Benchmark("own", "?", (arena,), **parts)
        return set(study.plan(make_options(study, {"seeds": 1})).trials)

    first = STUDY.arenas[0]
    assert keys(first) == keys(first)
    options = {"name": first.name, "asks": "?", "draw": blobs, "tests": first.tests}
    others = [
        Arena(split=StratifiedKFold(4, shuffle=True), score=KAPPA, **options),
        Arena(split=first.split, score=Score("k", name="kappa", scorer=make_scorer(mean_absolute_error)), **options),
        Arena(split=first.split, score=KAPPA, **options | {"draw": two_heads}),
    ]
    for other in others:
        assert keys(first).isdisjoint(keys(other))
    others = (Further("shaken", "?", KEPT, value), STUDY.further[1])
    assert keys(first).isdisjoint(keys(first, others))


@pytest.mark.parametrize(
    ("arena", "words"),
    [
        (
            {"split": "distinct", "draw": blobs},
            "split of track 'a' must be a splitter, a number of folds or None beside",
        ),
        ({"split": 3}, "split of track 'a' must be the name of a track, or a splitter; got 3"),
        ({"split": KFold(3), "options": {"n_splits": 3}}, "options and curve of track 'a' go with the name of a track"),
        (
            {"split": 3, "draw": blobs, "units": True},
            "world and units of track 'a' are for the world of lines",
        ),
        ({"split": 3, "draw": lambda random_state: None}, "track 'a' cannot be told from another one later: '.*lambda"),
        ({"split": 3, "draw": blobs, "score": KEPT}, "score of track 'a' must have a scorer"),
        (
            {"split": 3, "draw": blobs, "score": make_scorer(cohen_kappa_score)},
            "score of 'a' must be a key of SCORES, or",
        ),
        (
            {"split": 3, "draw": blobs, "score": Score("x", name="mce")},
            "score of 'a' must be a key of SCORES, or a Score",
        ),
    ],
)
def test_parts_that_do_not_fit_are_told_when_they_are_declared(arena, words):
    with pytest.raises(ValueError, match=words):
        Benchmark("own", "?", (Arena("a", asks="?", **arena),), STUDY.contestants, STUDY.profiles)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"goals": (Goal("tree", "nope", KAPPA, 0.1),)}, "track of the goal of 'tree' must be one of 'blobs'"),
        ({"profiles": {}}, "profiles must not be empty"),
        ({"arenas": ()}, "arenas must not be empty"),
        ({"contestants": ()}, "contestants must not be empty"),
        (
            {"profiles": {"quick": Profile(3, (2, 3))}},
            r"seeds of the profile 'quick' must be a whole number, at least 1",
        ),
        ({"further": (Further("moved", "?", KEPT, 5),)}, r"test of 'moved' must be callable as test\(estimator, split"),
        ({"arenas": (Arena("a", 3, "?", draw=5),)}, "draw of track 'a' must be a function draw"),
        ({"arenas": (Arena("a", 3, "?", draw=blobs, tests="shaken"),)}, "tests of 'a' must be a tuple of names; got"),
    ],
)
def test_what_would_fail_or_vanish_later_is_told_when_it_is_declared(changed, words):
    parts = {"arenas": STUDY.arenas[:1], "further": STUDY.further, "goals": (), "profiles": STUDY.profiles}
    with pytest.raises(ValueError, match=words):
        Benchmark("own", "?", **{"contestants": STUDY.contestants, **parts, **changed})


def test_parts_are_checked_when_they_are_made():
    with pytest.raises(ValueError, match="bound must be a number; got 'x'"):
        Goal("tree", None, KAPPA, "x")
    with pytest.raises(ValueError, match=r"scorer must be callable as scorer\(estimator, X, y\).*; got 'f1'"):
        Score("f1", name="f1", scorer="f1")
    with pytest.raises(ValueError, match="factor must be a number; got '100'"):
        Score("f1", factor="100")
    with pytest.raises(ValueError, match="must be a function in a module that returns it; got Pipeline"):
        Contestant("pipeline", make_pipeline(GaussianNB()))


def piped():
    return make_pipeline(StandardScaler(), GaussianNB())


def words_only(random_state):
    return np.array([["a"], ["b"]] * 20), np.array([0, 1] * 20)


def test_a_function_gives_a_pipeline_and_what_cannot_be_scored_is_told(tmp_path):
    assert Contestant("piped", piped).estimator == "tests.benchmark.test_objects:piped"
    arenas = (
        Arena("blobs", 3, "?", draw=blobs, tests=("empty",)),
        Arena("words", 2, "?", draw=words_only),
    )
    further = (Further("empty", "?", KEPT, nothing),)
    parts = {"contestants": (Contestant("piped", piped),), "profiles": {"quick": Profile(3, 1)}, "further": further}
    study = Benchmark("piped", "?", arenas, **parts)
    found = run_study(study, storage=f"sqlite:///{tmp_path}/own.db", tracking_uri="none", output=tmp_path)
    errors = " ".join(found.failures.values())
    assert len(found.failures) == 2
    assert "test of 'empty' must return 'kept'; got n_test" in errors
    assert "draw of track 'words' must return X of numbers; got <U1" in errors


def nothing(estimator, split, seed):
    return {}


def test_a_scorer_has_a_name():
    with pytest.raises(ValueError, match="name must be given with a scorer; the score 'kappa' has none"):
        Score("kappa", scorer=make_scorer(cohen_kappa_score))
