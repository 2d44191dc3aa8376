"""The table of every method and head, and images chosen by rule."""

import numpy as np
import pytest

from lineclf.datasets import make_lines
from lineclf.inspection import METHODS, choose_images
from lineclf.inspection import _quality as quality
from lineclf.inspection._rating import BASELINES, rate_filters, rate_methods, reinitialised


@pytest.fixture(scope="module")
def among_discs():
    """Four images (12, 12, 3) with a distractor each, and their masks."""
    X, _, masks = make_lines(
        n_per_class=2,
        image_size=12,
        lengths=(4, 9),
        widths=(1, 2),
        angles=(0, 45, 90, 135),
        distractors=1,
        return_masks=True,
        random_state=1,
    )
    return X[:4], masks[:4]


def test_every_method_head_and_metric_is_rated(four_heads, among_discs):
    X, masks = among_discs
    table = rate_methods(four_heads, X, masks, heads=["angle", "color"])
    assert not table.duplicated(["method", "head", "metric"]).any()
    wide = table.pivot_table(index=["method", "head"], columns="metric", values="value")
    assert set(wide.index) == {(method, head) for method in (*METHODS, *BASELINES) for head in ("angle", "color")}
    for metric in ("energy", "pointing", "iou", "deletion", "insertion"):
        assert wide[metric].between(0, 1).all()
    assert set(wide["randomisation"].dropna().index.get_level_values("method")) == set(METHODS)
    flat = wide.loc[("uniform", "angle")]
    assert flat["energy"] == pytest.approx(quality.dilate(masks == 1).mean())
    assert flat["density"] == pytest.approx(1)
    # A sigmoid's two levels speak against each other, to the bit.
    assert wide.loc[("integrated_gradients", "color"), "class_sensitivity"] == pytest.approx(-1)


def test_without_distractors_there_is_no_density(four_heads, lines):
    X, masks = lines[0][:5], (lines[0][:5].any(axis=-1)).astype(np.uint8)
    table = rate_methods(four_heads, X, masks, heads=["width"], methods=["gradcam"])
    assert "density" not in set(table["metric"])


@pytest.mark.parametrize("name", ["combinations", "one_target", "matched_filters"])
def test_every_kind_of_net_is_rated(request, among_discs, name):
    X, masks = among_discs
    net = request.getfixturevalue(name)
    heads = list(net.heads_)[-1:]
    table = rate_methods(net, X, masks, methods=["gradcam"], heads=heads, n_checked=2)
    assert set(table["head"]) == set(heads)
    counted = table["metric"].isin(["randomisation", "class_sensitivity"])
    assert (table.loc[~counted, "n"] == len(X)).all()
    assert (table.loc[counted, "n"] <= 2).all()


def test_a_map_without_evidence_is_told_and_not_compared(four_heads, lines):
    X, masks = np.zeros_like(lines[0][:5]), np.ones((5, 12, 12), np.uint8)
    table = rate_methods(four_heads, X, masks, methods=["occlusion"], heads=["angle"]).set_index(["method", "metric"])
    assert table.loc[("occlusion", "silent"), "value"] == 1
    assert np.isnan(table.loc[("occlusion", "randomisation"), "value"])
    assert table.loc[("occlusion", "randomisation"), "n"] == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"heads": ["colour"]}, "head must be among 'length', .*got 'colour'"),
        ({"methods": ["lime"]}, "methods must be among gradcam, .*got 'lime'"),
        ({"masks": np.ones((2, 12, 12))}, r"masks must have the images' shape \(5, 12, 12\); got \(2, 12, 12\)"),
        ({"n_checked": 0}, "n_checked must be at least 1; got 0"),
    ],
)
def test_what_cannot_be_rated_is_named(four_heads, lines, options, words):
    with pytest.raises(ValueError, match=words):
        rate_methods(four_heads, lines[0][:5], **{"masks": np.ones((5, 12, 12), np.uint8), **options})


def test_new_weights_leave_the_old_ones(four_heads, lines):
    before = four_heads.predict_proba(lines[0][:5])
    fresh = reinitialised(four_heads, 3)
    after = fresh.predict_proba(lines[0][:5])
    assert not np.allclose(after[2], before[2])
    np.testing.assert_array_equal(four_heads.predict_proba(lines[0][:5])[2], before[2])


def test_filters_are_rated(four_heads, lines):
    rated = rate_filters(four_heads, "conv2d_2", lines[0][:50], steps=60)
    assert rated["above"] > 0.8
    assert 0 <= rated["flat"] <= 1
    untouched = rate_filters(four_heads, "conv2d_2", lines[0][:50], steps=1, step_size=0.0)
    assert untouched["above"] < rated["above"]


def test_images_are_chosen_by_rule(four_heads, lines):
    X, y = lines
    rules = choose_images(four_heads, X, y, by="angle")
    for level in range(4):
        index = rules[f"angle {level}"]
        assert y[index, 2] == level
        assert not (y[:index, 2] == level).any()
    right = (four_heads.predict(X) == y).all(axis=1)
    assert right[rules["least confident"]]
    assert ("error" in rules) == (not right.all())
    if "error" in rules:
        assert not right[rules["error"]]
    with pytest.raises(ValueError, match=r"by must be among 'length', .*; got None"):
        choose_images(four_heads, X, y)
    with pytest.raises(ValueError, match="y must hold the labels of 320 images"):
        choose_images(four_heads, X, y[:5], by="angle")
