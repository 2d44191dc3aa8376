"""Pixels on another scale than those of the fit."""

import numpy as np
import pytest

from lineclf._scale import BYTES, OTHER, UNIT, WHOLE, check_scale, scale_of

PIXELS = np.array([[0, 3, 255], [7, 128, 20]], np.uint8)
FORMS = {
    BYTES: PIXELS,
    WHOLE: PIXELS.astype(np.float32),
    UNIT: PIXELS / np.float32(255),
    OTHER: (PIXELS - np.float32(100)) / 50,
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_told(name):
    assert scale_of(FORMS[name]) == name
    assert scale_of(FORMS[name].astype(np.float64 if name != BYTES else np.uint8)) == name


@pytest.mark.parametrize(
    "ambiguous",
    [np.zeros((2, 3)), np.eye(3), np.arange(17.0), np.array([[1.5, 40.0]]), np.array([[300.0]]), np.zeros((0, 3))],
    ids=["blank", "0 and 1", "counts", "fractions", "large", "empty"],
)
def test_what_may_be_anything_is_called_so_and_is_never_refused(ambiguous):
    assert scale_of(ambiguous) == OTHER
    for fitted in (WHOLE, UNIT, OTHER):
        check_scale(ambiguous, fitted, largest=255)


def test_forms_that_differ_by_255_are_refused_and_no_others():
    fits = {
        BYTES: {BYTES, UNIT},
        WHOLE: {WHOLE, OTHER},
        UNIT: {BYTES, UNIT, OTHER},
        OTHER: {WHOLE, UNIT, OTHER},
    }
    for fitted, legal in fits.items():
        for name, X in FORMS.items():
            if name in legal:
                check_scale(X, fitted, FORMS[fitted].max())
            else:
                with pytest.raises(ValueError, match=r"^X must be .*; got .* of up to .*, which would be"):
                    check_scale(X, fitted, FORMS[fitted].max())


def test_the_words_name_both_scales():
    with pytest.raises(ValueError, match=r"no uint8 and reached 255; got uint8 of up to 255, which would be divided"):
        check_scale(PIXELS, WHOLE, 255.0)
    with pytest.raises(ValueError, match=r"uint8 as in fit, or scaled to 0–1; got whole numbers .*, which .* as they"):
        check_scale(FORMS[WHOLE], BYTES, 255.0)
    with pytest.raises(ValueError, match=r"which had whole numbers of 0–255; got 0–1 of up to 1, which"):
        check_scale(FORMS[UNIT], WHOLE, 255.0)
