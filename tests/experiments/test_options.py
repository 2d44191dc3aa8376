"""Options that every study's command line has."""

import pytest

from lineclf.experiments._cli import _seeds


@pytest.mark.parametrize(
    ("text", "seeds"), [(None, None), ("3", [0, 1, 2]), ("0,1,5", [0, 1, 5]), ("7,", [7]), ("1", [0])]
)
def test_seeds_option(text, seeds):
    assert _seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "0", "-1", "1,1", "-1,2", "a", "1.5", ","])
def test_bad_seeds_are_refused(text):
    with pytest.raises(ValueError, match="--seeds must be"):
        _seeds(text)
