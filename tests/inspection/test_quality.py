"""Scores of heatmaps, on maps whose score is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from lineclf.inspection import _quality as quality

maps_of = arrays(np.float64, (3, 5, 6), elements=st.floats(-1, 1))
masks_of = arrays(bool, (3, 5, 6)).filter(lambda m: m.any(axis=(1, 2)).all() and not m.all(axis=(1, 2)).any())


@given(masks_of)
def test_the_mask_itself_is_perfect_and_its_opposite_worthless(masks):
    for name in ("energy_in_mask", "pointing_game", "iou"):
        score = getattr(quality, name)
        np.testing.assert_allclose(score(masks.astype(float), masks), 1)
        np.testing.assert_allclose(score((~masks).astype(float), masks), 0)
    assert quality.density_ratio(masks.astype(float), masks, ~masks) == np.inf


@given(masks_of)
def test_a_uniform_map_scores_the_masks_share(masks):
    share = masks.mean(axis=(1, 2))
    flat = np.ones(masks.shape)
    np.testing.assert_allclose(quality.energy_in_mask(flat, masks), share)
    np.testing.assert_allclose(quality.pointing_game(flat, masks), share)
    assert quality.density_ratio(flat, masks, ~masks) == pytest.approx(1)


@given(maps_of, masks_of, st.floats(0.1, 10))
def test_scores_lie_between_0_and_1_and_know_no_scale(maps, masks, scale):
    for name in ("energy_in_mask", "pointing_game", "iou"):
        values = getattr(quality, name)(maps, masks)
        assert ((values >= 0) & (values <= 1)).all()
    np.testing.assert_allclose(
        quality.energy_in_mask(maps, masks), quality.energy_in_mask(scale * maps, masks), rtol=1e-6, atol=1e-9
    )


def test_no_evidence_scores_nothing():
    masks, none = np.eye(4, dtype=bool)[None], np.full((1, 4, 4), -1.0)
    assert quality.energy_in_mask(none, masks) == quality.pointing_game(none, masks) == quality.iou(none, masks) == 0


def test_the_strongest_pixels_alone_point():
    maps, mask = np.array([[[0.9, 1.0, 0.2]], [[1.0, 1.0, 0.2]]]), np.array([[[True, False, False]]] * 2)
    np.testing.assert_array_equal(quality.pointing_game(maps, mask), [0, 0.5])  # of two equal ones half


@given(maps_of, maps_of)
def test_rank_correlation_is_scipys(one, other):
    for a, b, found in zip(one, other, quality.rank_correlation(one, other), strict=True):
        constant = np.ptp(a) == 0 or np.ptp(b) == 0
        expected = np.nan if constant else spearmanr(a.ravel(), b.ravel()).statistic
        assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(maps_of, maps_of, masks_of)
def test_rank_correlation_sees_only_the_chosen_pixels(one, other, masks):
    changed = np.where(masks, one, 7.0)
    np.testing.assert_array_equal(
        quality.rank_correlation(one, other, masks), quality.rank_correlation(changed, other, masks)
    )


def test_dilation_grows_each_image_by_itself():
    masks = np.zeros((2, 5, 5), bool)
    masks[0, 2, 2] = True
    grown = quality.dilate(masks)
    assert grown[0].sum() == 9
    assert not grown[1].any()


def test_removal_takes_the_strongest_pixels_first():
    images = np.zeros((2, 4, 4, 1), np.float32)
    images[:, 1, :, 0] = [[0.1, 0.2, 0.3, 0.4]]
    lit = lambda shown, rows: shown.sum(axis=(1, 2, 3))  # noqa: E731
    gone = quality.removal_curves(lit, images, images[..., 0], steps=4)
    np.testing.assert_allclose(gone[0], [1.0, 0.6, 0.3, 0.1, 0.0], atol=1e-6)
    come = quality.removal_curves(lit, images, images[..., 0], steps=4, insert=True)
    np.testing.assert_allclose(come[1], [0.0, 0.4, 0.7, 0.9, 1.0], atol=1e-6)
    whose = quality.removal_curves(lambda shown, rows: rows, images, images[..., 0], steps=4)
    np.testing.assert_array_equal(whose, [[0] * 5, [1] * 5])
