"""Losses of a head against their formulas."""

import numpy as np
import pytest

from lineclf import nets


@pytest.mark.parametrize("n_units", [1, 3])
def test_losses_against_their_formulas(n_units):
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(max(2, n_units)), size=7).astype(np.float32)
    y = rng.integers(0, p.shape[1], 7)
    chosen = p[np.arange(7), y]
    output = p[:, 1:] if n_units == 1 else p
    expected = {
        "crossentropy": -np.log(chosen).mean(),
        "focal": (-((1 - chosen) ** 2) * np.log(chosen)).mean(),
        "mse": ((np.eye(p.shape[1])[y] - p) ** 2).mean(),
    }
    for name in nets.LOSSES:
        target = y.reshape(-1, 1) if n_units == 1 else y
        assert float(nets.head_loss(name, n_units)(target, output)) == pytest.approx(expected[name], rel=1e-4)
