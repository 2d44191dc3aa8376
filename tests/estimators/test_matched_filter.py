"""The net of matched filters: what it must not need to see, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import correlate

from lineclf import MatchedFilterClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import _quality as quality
from lineclf.inspection import class_activation_map

COLUMNS = ["length", "width", "angle", "color"]
WORLD = {"image_size": 12, "lengths": (4, 9), "widths": (1, 3), "angles": (0, 45, 90, 135)}


def net(**options):
    return MatchedFilterClassifier(**{"template_size": 9, "min_steps": 120, "random_state": 0, **options})


@pytest.fixture(scope="module")
def world():
    """Images, labels and masks."""
    return make_lines(20, **WORLD, return_masks=True, random_state=0)


@pytest.fixture(scope="module")
def trained(world):
    """Net on all of them, whose templates are asked to look like lines."""
    return net().fit(*world[:2])


@pytest.fixture(scope="module")
def unasked(world):
    """The same, for the labels alone."""
    return net(reconstruction=0.0).fit(*world[:2])


def test_it_recombines_what_it_never_saw_together(world):
    X, y, _ = world
    seen = (y[:, 0] != 1) | (y[:, 1] != 1)  # no long wide line at all
    clf = net().fit(X[seen], y[seen])
    assert clf.score(X[~seen], y[~seen]) >= 0.98
    free = net(templates="free").fit(X[seen], y[seen])
    assert free.score(X[seen], y[seen]) >= 0.9
    assert free.score(X[~seen], y[~seen]) <= 0.5  # its templates for them were never trained


def test_its_templates_look_like_lines_for_the_loss_that_asks_for_it(world, trained, unasked):
    _, y, masks = world

    def likeness(clf):
        """Smallest cosine between an image and its own class's template at the best place, over the images."""
        layer = clf.model_.get_layer("matched_filter_1")
        templates = np.asarray(layer.line_templates())[0]
        templates = templates / np.linalg.norm(templates, axis=(-2, -1), keepdims=True)
        cosines = []
        for mask, (length, width, angle, _) in zip(masks, y, strict=True):
            match = correlate(mask.astype(float), templates[length, width, angle], mode="same")
            cosines.append(match.max() / np.linalg.norm(mask))
        return min(cosines)

    assert likeness(trained) > max(0.9, likeness(unasked) + 0.05)


@pytest.mark.usefixtures("eagerly")
def test_columns_by_name_or_by_order():
    X, y = make_lines(4, **WORLD, random_state=0)
    frame = pd.DataFrame(y, columns=COLUMNS)
    turned = net(min_steps=1, max_steps=1).fit(X, frame[["angle", "color", "width", "length"]])
    assert turned.model_.get_layer("matched_filter_1").shape == (2, 2, 4, 2)
    renamed = net(min_steps=1, max_steps=1).fit(X, frame[["angle", "color"]].set_axis(["a", "b"], axis=1))
    assert renamed.model_.get_layer("matched_filter_1").shape == (4, 2, 1, 1)


@pytest.mark.parametrize(
    ("options", "n_epochs", "n_steps"),
    [
        ({"min_steps": 7}, 4, 8),  # whole passes
        ({"min_steps": 7, "epochs": 5}, 5, 10),
        ({"min_steps": 1, "epochs": 5, "max_steps": 7}, 4, 8),
        ({"min_steps": 1, "max_steps": 1}, 1, 1),  # half of the data
        ({"min_steps": 1, "epochs": 9}, 9, 18),
    ],
)
def test_steps_are_planned(options, n_epochs, n_steps):
    epochs, steps = net(**options)._plan_steps(options.get("epochs", 1), 2)  # 2 a pass over the data
    assert (epochs, epochs * steps) == (n_epochs, n_steps)


@pytest.mark.usefixtures("eagerly")
def test_so_many_are_done():
    X, y = make_lines(2, image_size=8, lengths=(4,), widths=(1,), angles=(0, 90), random_state=0)
    X, y = np.tile(X, (8, 1, 1, 1)), np.tile(y[:, 2:], (8, 1))  # 64 images
    clf = net(template_size=3, knots=1, batch_size=32, min_steps=1, epochs=5, max_steps=7).fit(X, y)
    assert len(clf.history_["loss"]) == clf.n_epochs_ == 4
    assert clf.model_.optimizer.iterations == 8
    assert clf.partial_fit(X, y).n_epochs_ == 5


def worst_ratings(clf, world, method, n=50):
    """Smallest energy and pointing, as `rate_methods` has them, over the heads but length.

    Evidence of a short line is the lack of a longer one.
    """
    X, lit = world[0][:n], quality.dilate(world[2][:n] == 1)
    maps = [class_activation_map(clf, X, head, method=method) for head in COLUMNS[1:]]
    return [min(rate(each, lit).mean() for each in maps) for rate in (quality.energy_in_mask, quality.pointing_game)]


@pytest.mark.parametrize("method", ["gradcam", "gradcam++", "integrated_gradients", "occlusion"])
def test_evidence_lies_on_the_line(world, trained, method):
    assert min(worst_ratings(trained, world, method)) > 0.9


def test_scorecam_points_at_the_line(world, unasked):
    _, pointing = worst_ratings(unasked, world, "scorecam", n=30)
    assert pointing > 0.85


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"template_size": 4}, "template_size must be odd; got 4"),
        ({"templates": "any"}, "'templates'.*'free'.*'any'"),
        ({"min_steps": 0}, "'min_steps'.*0"),
        ({"reconstruction": -1.0}, "'reconstruction'.*-1"),
        ({"max_steps": 0}, "'max_steps'.*0"),
        ({"min_steps": 9, "max_steps": 8}, "max_steps must be at least min_steps=9; got 8"),
    ],
)
def test_bad_parameters_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        net(**options).fit(*make_lines(1, **WORLD, random_state=0))


def test_more_columns_than_factors_are_refused():
    X, y = make_lines(2, **WORLD, random_state=0)
    with pytest.raises(ValueError, match="y must have at most 4 columns, length, width, angle, color"):
        net().fit(X, np.column_stack([y, y[:, 0]]))
