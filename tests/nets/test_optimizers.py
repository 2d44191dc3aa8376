"""Learning-rate schedules."""

import pytest

from lineclf import nets


@pytest.mark.parametrize("optimizer", nets.OPTIMIZERS)
def test_learning_rate_schedules(optimizer):
    def rate(schedule, step, **kwargs):
        rates = nets.make_optimizer(optimizer, 0.1, lr_schedule=schedule, total_steps=100, **kwargs)
        given = rates._learning_rate
        return float(given(step)) if callable(given) else float(given)

    assert rate("constant", 50) == pytest.approx(0.1)
    assert rate("inverse_time", 50, lr_decay=0.02) == pytest.approx(0.05)
    assert rate("exponential", 50) == pytest.approx(0.01)
    assert rate("cosine", 50) == pytest.approx(0.05)
    assert rate("cosine", 100) == pytest.approx(0, abs=1e-9)
