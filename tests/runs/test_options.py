"""Options of a study, by keyword and by command line."""

import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.cli import _options, _parser
from lineclf.runs import OptionError, Options, Profile, make_options, option
from lineclf.runs._options import names, positive, seeds, whole


@dataclass(frozen=True, kw_only=True)
class Asked(Options):
    fruits: tuple[str, ...] = option("only these", names, default=())
    n_bites: int | None = option("bites", whole)
    size: int = option(lambda study: f"of {study.name}", whole, default=3, choices=(3, 4))


STUDY = SimpleNamespace(
    name="meal", question="?", profiles={"small": Profile(1, 2), "big": Profile(2, 3)}, Options=Asked
)


def typed(*argv):
    return _options(STUDY, _parser(STUDY).parse_args(list(argv)))


def test_nothing_given_is_the_studys_own(monkeypatch):
    for name in ("LINECLF_STORAGE", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    options = make_options(STUDY, {})
    assert options == typed() == make_options(STUDY, {"size": None, "profile": None})
    assert (options.profile, options.seeds, options.fruits, options.size) == ("small", None, (), 3)
    assert (options.storage, options.tracking_uri) == ("sqlite:///mlruns/optuna.db", "sqlite:///mlruns/mlflow.db")
    assert (options.workers, options.dask, options.pictures, options.output) == (None, None, None, None)


def test_the_environment_names_the_stores(monkeypatch):
    monkeypatch.setenv("LINECLF_STORAGE", "postgresql://me:secret@host/db")
    assert make_options(STUDY, {}).storage == "postgresql://me:secret@host/db"
    assert "secret" not in _parser(STUDY).format_help()
    assert "postgresql://***@host/db" in "".join(_parser(STUDY).format_help().split())


@pytest.mark.parametrize(
    ("argv", "keywords"),
    [
        (["--fruits", "fig,plum"], {"fruits": ["fig", "plum"]}),
        (["--fruits", "fig", "plum"], {"fruits": "fig, plum"}),  # as lineclf 0.2 had it
        (["--fruits=fig", "--fruits=plum"], {"fruits": ("fig", "plum")}),
        (["--n-bites", "7", "--profile", "big"], {"n_bites": 7, "profile": "big"}),
        (["--seeds", "3"], {"seeds": 3}),
        (["--seeds", "7,"], {"seeds": [7]}),
        (["--pictures"], {"pictures": "first"}),
        (["--pictures", "all", "--size", "4"], {"pictures": "all", "size": 4}),
        (["--workers", "2", "--trials-per-worker", "9"], {"workers": 2, "trials_per_worker": 9}),
        (["--output", "a/b"], {"output": Path("a/b")}),
    ],
)
def test_a_command_line_says_what_python_says(argv, keywords):
    assert typed(*argv) == make_options(STUDY, keywords)


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"profile": "huge"}, "profile must be one of small, big; got 'huge'"),
        ({"size": 5}, "size must be one of 3, 4; got 5"),
        ({"size": True}, "size must be a whole number; got True"),
        ({"n_bites": 1.5}, "n_bites must be a whole number; got 1.5"),
        ({"workers": 0}, "workers must be a number ≥ 1; got 0"),
        ({"pictures": "some"}, "pictures must be one of first, all; got 'some'"),
        ({"fruits": 5}, "fruits must be names, such as 'a,b' or ['a', 'b']; got 5"),
        ({"fruits": ["fig", None]}, "fruits must be names"),
        ({"storage": Path("a.db")}, "storage must be a text; got "),
        ({"seed": 3}, "seed is no option of 'meal', which has profile, .*Did you mean 'seeds'?"),
    ],
)
def test_what_is_not_legal_is_named(keywords, words):
    with pytest.raises(OptionError, match=words if ".*" in words else re.escape(words)) as caught:
        make_options(STUDY, keywords)
    assert caught.value.option == next(iter(keywords))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("3", [0, 1, 2]),
        ("0,1,5", [0, 1, 5]),
        ("7,", [7]),
        ("1", [0]),
        (2, [0, 1]),
        ([4, 0], [4, 0]),
        (range(2), [0, 1]),
    ],
)
def test_seeds(value, found):
    assert seeds(value) == found


@pytest.mark.parametrize(
    "value", ["", "0", "-1", "1,1", "-1,2", "a", "1.5", ",", 0, -1, [], [1, 1], [0.5], 1.5, [True]]
)
def test_bad_seeds_are_refused(value):
    with pytest.raises(ValueError, match="must be a number ≥ 1, or different seeds ≥ 0 such as 0,1,5; got"):
        seeds(value)


@given(st.integers())
def test_whole_numbers_are_the_same_as_text(number):
    assert whole(number) == whole(str(number)) == number
    if number >= 1:
        assert positive(number) == positive(str(number)) == number


@given(st.lists(st.text("abc -", min_size=1).filter(str.strip), max_size=4))
def test_names_are_the_same_as_text(given_names):
    assert names(given_names) == names(",".join(given_names)) == tuple(each.strip() for each in given_names)
