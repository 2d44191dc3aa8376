"""What tells trials apart: child seeds and fingerprints."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.runs import child_seed
from lineclf.runs._identity import fingerprint


@given(st.integers(0, 2**31), st.text(), st.text())
def test_child_seeds_go_by_name(seed, one, other):
    assert 0 <= child_seed(seed, one) < 2**31
    assert (child_seed(seed, one) == child_seed(seed, other)) == (one == other)
    assert child_seed(seed, one) != child_seed(seed + 1, one)


def test_fingerprints_are_those_of_stored_results():
    """By the digests that stood beside the studies before: another one would orphan what is stored."""
    known = {"b": MappingProxyType({"y": 1}), "a": [0.5, None, True]}
    assert fingerprint(known, default=dict) == "c44f4b1437"
    assert fingerprint(known, default=str) == "fcb2cd5a59"
    assert fingerprint([{"b": "1", "a": "2"}, 3], sort_keys=False) == "a92010f556"
    assert fingerprint([{"b": "1", "a": "2"}, 3]) == fingerprint([{"a": "2", "b": "1"}, 3]) != "a92010f556"
    with pytest.raises(TypeError, match="mappingproxy"):
        fingerprint(known)
