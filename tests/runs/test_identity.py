"""What tells trials apart: child seeds."""

from hypothesis import given
from hypothesis import strategies as st

from lineclf.runs import child_seed


@given(st.integers(0, 2**31), st.text(), st.text())
def test_child_seeds_go_by_name(seed, one, other):
    assert 0 <= child_seed(seed, one) < 2**31
    assert (child_seed(seed, one) == child_seed(seed, other)) == (one == other)
    assert child_seed(seed, one) != child_seed(seed + 1, one)
