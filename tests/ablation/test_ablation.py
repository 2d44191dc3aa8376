"""Trials of an ablation: their parts, their identity, and the list of all reports."""

import json

import numpy as np
import pytest

from lineclf.ablation import Component, Task
from lineclf.ablation._index import HEADING, refresh_index
from lineclf.ablation._plan import check_components, make_parts, make_split
from lineclf.runs._evaluate import load_estimator
from lineclf.runs._identity import identity_params

TASK = Task("sklearn.tree:DecisionTreeClassifier", {}, "distinct", 3)


def test_options_of_data_and_track_reach_them_and_the_rest_stays_paired():
    estimator, (X, y, _), track, source = make_parts(
        TASK, {"data:noise": 0.3, "track:test_size": 0.5, "max_depth": 2}, 1
    )
    plain, (X_plain, y_plain, _), track_plain, _ = make_parts(TASK, {}, 1)
    assert (estimator.max_depth, track.test_size, source["noise"]) == (2, 0.5, 0.3)
    assert (plain.max_depth, track_plain.test_size) == (None, 0.25)
    np.testing.assert_array_equal(y, y_plain)
    assert len(np.unique(X)) > len(np.unique(X_plain)) == 2
    assert estimator.random_state == plain.random_state
    assert track.random_state == track_plain.random_state


def test_half_of_the_images_are_tested_where_the_track_says_so():
    _, split = make_split(TASK, {"track:test_size": 0.5}, 0)
    assert len(split.y_test) == pytest.approx(len(split.y_train), rel=0.05)


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (
            Component("noise", 0.1, (0.3,), where="data"),
            "'data:noise': its baseline 0.1 is not what make_lines has",
        ),
        (Component("blur", 0, (1,), where="data"), "make_lines has no argument 'blur'"),
        (Component("lengths", [7, 15], ([5, 9],), where="data"), "make_lines has no argument 'lengths'"),
        (Component("size", 1, (2,), where="track"), "track 'distinct' has no argument 'size'"),
        (Component("depth", 1, (2,)), "DecisionTreeClassifier has no argument 'depth'"),
    ],
)
def test_components_must_belong_to_something(component, words):
    with pytest.raises(ValueError, match=words):
        check_components(TASK, [component])
    check_components(TASK, [Component("noise", 0.0, (0.3,), where="data"), Component("max_depth", None, (2,))])


@pytest.mark.keras
@pytest.mark.parametrize("name", ["MultiHeadLineClassifier", "OneLayerCNNClassifier"])
def test_an_argument_that_came_later_counts_once_it_is_used(name):
    path = f"lineclf.estimators:{name}"
    assert "max_shift" not in identity_params(load_estimator(path, {}))
    assert identity_params(load_estimator(path, {"max_shift": 2}))["max_shift"] == 2
    one, other = (Task(path, settings, "distinct", 1).fingerprint() for settings in ({}, {"max_shift": 2}))
    assert one != other
    assert identity_params(load_estimator("lineclf.estimators:CompactCNNClassifier", {}))["max_shift"] == 0


def store(folder, track, delta, verdict, seeds=(0, 1), **facts):
    folder.mkdir(exist_ok=True)
    facts = {
        "design": "one-at-a-time",
        "page": "ablation.md",
        "estimator": "a:Net",
        "track": track,
        "first": "baseline",
        "n_per_class": 4,
        "settings": {},
        "trials": 2,
        **facts,
    }
    (folder / "design.json").write_text(json.dumps(facts))
    (folder / "ablation.md").write_text(f"# {track}\n\nIts own words.\n")
    rows = "".join(f"baseline,{seed},test_joint_accuracy,0.5\n" for seed in seeds)
    (folder / "results.csv").write_text(f"cell,seed,metric,value\n{rows}")
    effects = f"component,level,head,delta,verdict\ndepth,2,joint,{delta},{verdict}\ndepth,2,angle,0.9,open\n"
    (folder / "effects.csv").write_text(effects)


def test_the_top_page_lists_what_is_below_it_whichever_was_written_last(tmp_path):
    top = tmp_path / "ablation"
    store(top, "distinct", 0.01, "better")
    refresh_index(top)
    assert HEADING not in (top / "ablation.md").read_text()
    store(top / "halves-one-at-a-time", "halves", -0.2, "worse")
    refresh_index(top / "halves-one-at-a-time")
    page = (top / "ablation.md").read_text()
    refresh_index(top)
    assert (top / "ablation.md").read_text() == page
    assert page.startswith("# distinct\n\nIts own words.\n\n" + HEADING)
    link = "[one-at-a-time](halves-one-at-a-time/ablation.md)"
    assert f"| Net | halves | {link} | 2 | 4 draws a class, seeds 0–1 | 50.00 | – | depth=2: -20.00 (worse) |" in page
    assert "| depth | 2 | +1.00 ▲ | -20.00 ▼ |" in page
    assert (top / "halves-one-at-a-time" / "ablation.md").read_text() == "# halves\n\nIts own words.\n"


def test_only_equal_sizes_settings_and_seeds_stand_in_one_table(tmp_path):
    top = tmp_path / "ablation"
    store(top, "distinct", 0.01, "better")
    store(top / "halves", "halves", -0.2, "worse", seeds=(0, 1, 2))
    store(top / "replica", "replica", 0.3, "open", n_per_class=5)
    store(top / "position", "position", 0.3, "open", settings={"epochs": 1})
    refresh_index(top)
    assert "one component at a time" not in (top / "ablation.md").read_text()
    store(top / "range", "range", -0.1, "open", seeds=(0, 1, 2))
    refresh_index(top)
    page = (top / "ablation.md").read_text()
    assert page.count("one component at a time") == 1
    assert "Net, one component at a time, 4 draws a class, seeds 0–2: Δ joint" in page
    assert "| component | level | halves | range |" in page
    assert "| position | [one-at-a-time](position/ablation.md) | 2 | 4 draws a class, epochs=1, seeds 0–1 |" in page


def test_floors_and_ceilings_are_no_effects_in_the_list(tmp_path):
    top = tmp_path / "ablation"
    store(top, "distinct", 0.0, "floor")
    store(top / "halves", "halves", 0.0, "ceiling")
    refresh_index(top)
    page = (top / "ablation.md").read_text()
    assert "| depth | 2 | floor | ceiling |" in page
    assert "| 50.00 | floor | floor |" in page
    assert "+0.00" not in page
