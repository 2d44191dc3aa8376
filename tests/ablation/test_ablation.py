"""Declared ablations: what their options make of them, and the list of all reports."""

import json

import numpy as np
import pytest

from lineclf.ablation import Ablation, Component
from lineclf.ablation._index import refresh_index
from lineclf.ablation._task import Task
from lineclf.datasets import fetch_mnist
from lineclf.runs import Profile, make_options, run_study
from lineclf.runs._evaluate import load_estimator
from lineclf.runs._identity import identity_params

STUDY = Ablation(
    name="trees",
    question="how deep?",
    estimator="sklearn.tree:DecisionTreeClassifier",
    components=(
        Component("max_depth", None, (2,)),
        Component("noise", 0.0, (0.3,), where="draw"),
        Component("track__test_size", 0.25, (0.5,), where="draw"),
    ),
    track="distinct",
    profiles={"quick": Profile(n_per_class=3, seeds=2)},
    data=("lines", "mnist"),
)


def planned(study=STUDY, **options):
    return study.plan(make_options(study, options))


def test_options_of_the_draw_reach_it_and_the_rest_stays_paired():
    plan = planned(track="replica")  # the distinct track tells images apart that noise has made different
    cells = {cell.name: cell for cell in plan.cells}
    plain = plan.data.draw(plan.seed(0), {})
    noisy = plan.data.draw(plan.seed(0), plan.params_of(cells["draw:noise=0.3"], "draw"))
    half = plan.data.draw(plan.seed(0), plan.params_of(cells["draw:track__test_size=0.5"], "draw"))
    np.testing.assert_array_equal(plain.y, noisy.y)
    assert len(np.unique(noisy.X)) > len(np.unique(plain.X)) == 2
    assert len(half.y_test) == pytest.approx(len(half.y), rel=0.05)
    assert plain.X.ndim == 2  # a tree takes rows of pixels


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (Component("noise", 0.1, (0.3,), where="draw"), "'draw:noise': its baseline '0.1' is not the value in draw"),
        (Component("nose", 0, (1,), where="draw"), "draw has no parameter 'nose'; did you mean 'noise'"),
        (Component("track__size", 1, (2,), where="draw"), "draw has no parameter 'track__size'"),
        (Component("depth", 1, (2,)), "DecisionTreeClassifier has no parameter 'depth'; did you mean 'max_depth'"),
    ],
)
def test_components_must_belong_to_something(component, words):
    with pytest.raises(ValueError, match=words):
        planned(Ablation(**{**vars(STUDY), "components": (component,)}))


def test_more_test_images_train_on_the_same():
    more = {"quick": Profile(n_per_class=3, seeds=2, n_more=5)}
    few, many = planned(), planned(Ablation(**{**vars(STUDY), "profiles": more}))
    assert few.identity != many.identity
    one, other = (plan.data.draw(plan.seed(0), {}) for plan in (few, many))
    assert len(other.y_test) > 2 * len(one.y_test)
    assert len(other.y) == pytest.approx(len(one.y), rel=0.05)


def test_digits_are_one_split_that_each_seed_trains_on_anew(tmp_path, monkeypatch):
    images, digits = fetch_mnist("small", return_X_y=True)
    order = np.random.default_rng(0).permutation(len(digits))
    sides = {side: (images[rows], digits[rows]) for side, rows in (("train", order[:3000]), ("test", order[3000:]))}
    monkeypatch.setattr("lineclf.ablation._declared.fetch_mnist", lambda side, return_X_y: sides[side])
    monkeypatch.chdir(tmp_path)
    done = run_study(STUDY, data="mnist", components="max_depth", seeds=3, tracking_uri="none")
    page = done.page.read_text()
    assert "paired t over trainings on one split" in page
    assert "The verdict is about this split alone" in page
    (sizes,) = {(result["split"]["n_train"], result["split"]["n_test"]) for result in done.results.values()}
    assert sizes == (3 * len(np.unique(sides["train"][1])), 2000)
    confusion = next(iter(done.results.values()))["confusion"]["class"]
    assert np.sum(confusion) == 2000
    only_lines = Ablation(**{**vars(STUDY), "data": ("lines",)})
    with pytest.raises(ValueError, match="data must be one of lines; got 'mnist'"):
        planned(only_lines, data="mnist")
    with pytest.raises(ValueError, match="data must be lines in a search"):
        planned(data="mnist", design="search")


@pytest.mark.keras
@pytest.mark.parametrize("name", ["MultiHeadLineClassifier", "OneLayerCNNClassifier"])
def test_an_argument_that_came_later_counts_once_it_is_used(name):
    path = f"lineclf.estimators:{name}"
    assert "max_shift" not in identity_params(load_estimator(path, {}))
    assert identity_params(load_estimator(path, {"max_shift": 2}))["max_shift"] == 2
    one, other = (Task(path, settings, "distinct", 1).fingerprint() for settings in ({}, {"max_shift": 2}))
    assert one != other
    assert identity_params(load_estimator("lineclf.estimators:CompactCNNClassifier", {}))["max_shift"] == 0


def store(folder, data, delta, verdict, **facts):
    folder.mkdir(exist_ok=True)
    facts = {
        "design": "one-at-a-time",
        "page": "ablation.md",
        "net": "Net",
        "data": data,
        "size": "4 images a class",
        "trials": 2,
        "score": 0.5,
        **facts,
    }
    (folder / "design.json").write_text(json.dumps(facts))
    effects = f"joint,{delta},{verdict},1\ndepth,2,angle,0.9,open,1\ndepth,3,joint,0.7,open,2\n"
    (folder / "effects.csv").write_text(f"component,level,scorer,delta,verdict,size\ndepth,2,{effects}")


def test_one_page_lists_all_reports_whichever_was_written_last(tmp_path):
    top = tmp_path / "ablation"
    store(top, "distinct", 0.01, "better")
    refresh_index(top)
    assert not (top / "index.md").exists()
    store(top / "halves-one-at-a-time", "halves", -0.2, "worse")
    refresh_index(top / "halves-one-at-a-time")
    page = (top / "index.md").read_text()
    refresh_index(top)
    assert (top / "index.md").read_text() == page
    link = "[one-at-a-time](halves-one-at-a-time/ablation.md)"
    assert f"| Net | halves | {link} | 4 images a class | 2 | 0.5000 | 1 of 1 | – | depth=2: -0.2000 (worse) |" in page
    assert "| depth | 2 | +0.0100 ▲ | -0.2000 ▼ |" in page


def test_only_equal_sizes_stand_in_one_table(tmp_path):
    top = tmp_path / "ablation"
    store(top, "distinct", 0.01, "better")
    store(top / "halves", "halves", -0.2, "worse", size="5 images a class")
    store(top / "former", "replica", 0.3, "open")
    facts = json.loads((top / "former" / "design.json").read_text())
    del facts["score"]  # lineclf 0.2's reports have other tables
    (top / "former" / "design.json").write_text(json.dumps(facts))
    refresh_index(top)
    page = (top / "index.md").read_text()
    assert "one component at a time" not in page
    assert "lineclf 0.2, not yet run again: [former](former/ablation.md)." in page
    assert "replica" not in page
    store(top / "range", "range", -0.1, "open", size="5 images a class")
    refresh_index(top)
    page = (top / "index.md").read_text()
    assert "## Net, one component at a time, 5 images a class" in page
    assert "| component | level | halves | range |" in page
