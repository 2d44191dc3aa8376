"""Fourier magnitudes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclf.baselines import fft_magnitudes


@given(st.integers(0, 11), st.integers(0, 11))
@settings(max_examples=10)
def test_fourier_magnitudes_are_blind_to_circular_shifts(down, across):
    X = np.random.default_rng(0).random((3, 12, 12, 3), dtype=np.float32)
    np.testing.assert_allclose(fft_magnitudes(np.roll(X, (down, across), (1, 2))), fft_magnitudes(X), atol=1e-4)
