"""Pixels on another scale than those of the fit."""

import numpy as np
import pytest

from lineclf._scale import BYTES, HIGH, OTHER, UNIT, as_shares, check_scale, scale_of

PIXELS = np.array([[0, 3, 255], [7, 128, 20]], np.uint8)
FORMS = {
    BYTES: PIXELS,
    HIGH: PIXELS.astype(np.float32),
    UNIT: PIXELS / np.float32(255),
    OTHER: (PIXELS - np.float32(100)) / 50,
}
BLANK, COUNTS = np.zeros((2, 3)), np.arange(17.0)


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_told(name):
    assert scale_of(FORMS[name]) == name
    assert scale_of(FORMS[name].astype(np.float64 if name != BYTES else np.uint8)) == name


@pytest.mark.parametrize(
    "ambiguous",
    [BLANK, COUNTS, np.array([[300.0]]), np.zeros((0, 3)), BLANK.astype(np.uint8)],
    ids=["blank", "counts", "large", "empty", "blank bytes"],
)
def test_what_may_be_anything_is_never_refused(ambiguous):
    assert scale_of(ambiguous) in (OTHER, BYTES)
    for fitted, largest in ((HIGH, 255), (UNIT, 1), (OTHER, 3)):
        check_scale(ambiguous, fitted, largest)


def test_forms_that_differ_by_255_are_refused_and_no_others():
    fits = {
        BYTES: {BYTES, UNIT},
        HIGH: {HIGH, OTHER},
        UNIT: {BYTES, UNIT, OTHER},
        OTHER: {HIGH, UNIT, OTHER},
    }
    for fitted, legal in fits.items():
        for name, X in FORMS.items():
            if name in legal:
                check_scale(X, fitted, FORMS[fitted].max())
            else:
                with pytest.raises(ValueError, match=r"^X must be .*; got .* of up to .*, which would be"):
                    check_scale(X, fitted, FORMS[fitted].max())


def test_black_and_full_colour_alone_are_a_scale_too():
    lines = np.array([[0.0, 1.0]])
    assert scale_of(lines) == UNIT
    assert scale_of(255 * lines) == scale_of(254.5 * lines) == HIGH
    for given in (255 * lines, 254.5 * lines):
        with pytest.raises(ValueError, match=r"which was 0–1; got 0–255"):
            check_scale(given, UNIT, 1.0)
    check_scale(lines, HIGH, 20.0)  # a table of counts may have rows of none and one


def test_the_words_name_both_scales():
    with pytest.raises(ValueError, match=r"no uint8 and reached 255; got uint8 of up to 255, which would be divided"):
        check_scale(PIXELS, HIGH, 255.0)
    with pytest.raises(
        ValueError, match=r"uint8 as in fit, or scaled to 0–1; got 0–255 of up to 255, which .* as they"
    ):
        check_scale(FORMS[HIGH], BYTES, 255.0)
    with pytest.raises(ValueError, match=r"which was 0–255; got 0–1 of up to 1, which"):
        check_scale(FORMS[UNIT], HIGH, 255.0)


def test_bytes_become_shares_of_full_scale_and_all_else_stays():
    shares = as_shares(np.arange(256, dtype=np.uint8))
    assert shares.dtype == np.float32
    np.testing.assert_array_equal(shares, (np.arange(256) / 255).astype(np.float32))
    for dtype in (np.float32, np.float64, np.int64):
        given = np.array([0, 200], dtype)
        assert as_shares(given) is given
