"""Options of a run of a study, as dataclasses, from which command lines derive. Nothing heavy.

A field's text, choices and default may depend on the study: then they are functions of the study.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from operator import index
from pathlib import Path
from typing import Any

from lineclf._urls import mask_url

__all__ = [
    "TRIALS_PER_WORKER",
    "OptionError",
    "Options",
    "adaptive_seeds",
    "adaptive_seeds_option",
    "asked_of",
    "make_options",
    "names",
    "option",
    "positive",
    "seconds",
    "seeds",
    "text",
    "tracking_uri",
    "whole",
]

TRIALS_PER_WORKER = 100  # by then a net's process has grown by about a gigabyte


class OptionError(ValueError):
    """Error for an option with a value that is not legal.

    Parameters
    ----------
    option : str
        The option's name, as a keyword argument.
    text : str
        The legal values and the given one: the end of a sentence that begins with the name.
    """

    def __init__(self, option: str, text: str):
        text = mask_url(text)  # what was given may be an address with a password
        super().__init__(f"{option} {text}")
        self.option, self.text = option, text


def option(
    about: str | Callable[[Any], str],
    convert: Callable[[Any], Any],
    *,
    default: Any = None,
    choices: Callable[[Any], Iterable] | Iterable | None = None,
    metavar: str | None = None,
    const: Any = None,
) -> Any:
    """Declare a field of :class:`Options`.

    Parameters
    ----------
    about : str or callable
        Purpose of the option, in a command line's help.
    convert : callable
        Turns a text or a Python value into the option's value; raises ValueError that names the legal values.
    default : object or callable, optional
        Used if nothing, or None, is given.
    choices : iterable or callable, optional
        The only legal values.
    metavar : str, optional
        Placeholder for the value in a command line's help.
    const : object, optional
        Value of the option if it is given without one.

    Returns
    -------
    dataclasses.Field
    """
    known = {"about": about, "convert": convert, "default": default, "choices": choices}
    return field(default=None, metadata={**known, "metavar": metavar, "const": const})


def text(value) -> str:
    """Convert a text."""
    if not isinstance(value, str):
        raise ValueError(f"must be a text; got {value!r}")
    return value


def names(value) -> tuple[str, ...]:
    """Convert "a,b", ["a", "b"] or ["a,b"]: a tuple of names."""
    each = [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else [value]
    if not all(isinstance(part, str) for part in each):
        raise ValueError(f"must be names, such as 'a,b' or ['a', 'b']; got {value!r}")
    return tuple(name.strip() for part in each for name in part.split(",") if name.strip())


def whole(value) -> int:
    """Convert a whole number."""
    try:
        if isinstance(value, bool):
            raise TypeError
        return int(value) if isinstance(value, str) else index(value)
    except (TypeError, ValueError):
        raise ValueError(f"must be a whole number; got {value!r}") from None


def positive(value) -> int:
    """Convert a number of at least 1."""
    try:
        number = whole(value)
    except ValueError:
        number = 0
    if number < 1:
        raise ValueError(f"must be a number ≥ 1; got {value!r}")
    return number


def seconds(value) -> float:
    """Convert a number of seconds above 0."""
    try:
        number = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0 < number < float("inf"):
        raise ValueError(f"must be a number of seconds > 0; got {value!r}")
    return number


def seeds(value) -> list[int]:
    """Convert a number of seeds, or a list of seeds: 3 and "3" become [0, 1, 2]; [0, 5] and "0,5" become [0, 5]."""
    try:
        if isinstance(value, str):
            several = "," in value
            numbers = [whole(part) for part in value.split(",") if part]
        else:
            several = isinstance(value, Iterable)
            numbers = [whole(each) for each in (value if several else [value])]
        found = numbers if several else list(range(numbers[0]))
        if found and min(found) >= 0 and len(set(found)) == len(found):
            return found
    except (ValueError, TypeError, IndexError):
        pass
    raise ValueError(f"must be a number ≥ 1, or different seeds ≥ 0 such as 0,1,5; got {value!r}")


def adaptive_seeds(value) -> list[int] | tuple[int, int]:
    """Convert what :func:`seeds` takes, or (low, high): (3, 30) and "3..30"."""
    try:
        if isinstance(value, str) and ".." in value:
            value = tuple(map(whole, value.split("..")))
        if not isinstance(value, tuple):
            return seeds(value)
        low, high = map(whole, value)
        if 2 <= low <= high:
            return low, high
    except ValueError:
        pass
    legal = "a number ≥ 1, different seeds ≥ 0 such as 0,1,5, or the least (2 or more) and the most, such as 3..30"
    raise ValueError(f"must be {legal}; got {value!r}")


def adaptive_seeds_option() -> Any:
    """Declare the option `seeds` of a study whose rows may get as many seeds as their verdicts need."""

    def about(study):
        return f"number of paired seeds; 3..30: for each row as many as its verdict needs; default: {_seeds_of(study)}"

    return option(about, adaptive_seeds, metavar="N|LOW..HIGH")


def _seeds_of(study) -> str:
    """The number of seeds of each profile, as text."""
    known = {name: getattr(profile, "seeds", None) for name, profile in study.profiles.items()}
    shown = {name: "..".join(map(str, n)) if isinstance(n, tuple) else n for name, n in known.items()}
    if len(set(shown.values())) == 1:
        return str(next(iter(shown.values())))
    return ", ".join(f"{n} ({name})" for name, n in shown.items())


def _storage(_study) -> str:
    return os.environ.get("LINECLF_STORAGE") or "sqlite:///mlruns/optuna.db"


def tracking_uri(_study=None) -> str:
    """Return the default MLflow store."""
    return os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlruns/mlflow.db"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of every study; a study's own options are in a subclass.

    Parameters
    ----------
    profile : str
        Name of one of the study's profiles, its first by default.
    seeds : int or list of int
        Number of paired seeds, or a list of seeds; the profile's by default.
    storage : str
        URL of the Optuna storage.
    tracking_uri : str
        MLflow's store; "none" for no MLflow.
    workers : int
        Number of processes for trials; by default the study's own.
    trials_per_worker : int
        Number of trials after which a worker is replaced by a new one.
    dask : str
        Address of the scheduler of a Dask cluster.
    max_time : float
        Seconds after which no new trial begins; no limit by default.
    pictures : {"first", "all"}
        Nets whose activations, filters and heatmaps are kept: those of the first seed, or all; by default none.
    output : path-like
        Folder of the report.
    """

    profile: str = option("size of the run", text, default=lambda study: _first(study), choices=lambda s: s.profiles)
    seeds: Sequence[int] | None = option(
        lambda study: f"number of paired seeds, or a list: 0,1,5 (a single one: 7,); default: {_seeds_of(study)}",
        seeds,
        metavar="N|A,B,…",
    )
    # The environment is for URLs with passwords, which a command line would show to all.
    storage: str = option("Optuna storage, LINECLF_STORAGE if that is set", text, default=_storage, metavar="URL")
    tracking_uri: str = option(
        "MLflow store, MLFLOW_TRACKING_URI if that is set; none: no MLflow",
        text,
        default=tracking_uri,
        metavar="URI",
    )
    workers: int | None = option("run trials in N processes instead of the study's own", positive, metavar="N")
    trials_per_worker: int = option(
        "replace a worker by a new one after K trials, because TensorFlow keeps memory",
        positive,
        default=TRIALS_PER_WORKER,
        metavar="K",
    )
    dask: str | None = option("run the workers on a Dask cluster, tcp://scheduler:8786", text, metavar="ADDRESS")
    max_time: float | None = option(
        "begin no new trial after so many seconds; by default as the profile says", seconds, metavar="SECONDS"
    )
    pictures: str | None = option(
        "store activations, filters and heatmaps in MLflow: of the nets of the first seed, or of all nets",
        text,
        choices=("first", "all"),
        const="first",
    )
    output: Path | None = option(
        lambda study: (
            f"report's folder; by default reports/{study.name}, or one below it: scratch/ for runs no profile declares"
        ),
        Path,
        metavar="DIR",
    )


def make_options(study, given) -> Options:
    """Return a study's options: the given ones, checked and converted, and the study's defaults for the others.

    Parameters
    ----------
    study : Study
    given : mapping of str to object
        Values by name; None counts as not given.

    Raises
    ------
    OptionError
        If an option is unknown, or a value is not legal.
    """
    known = {each.name: each for each in fields(study.Options)}
    for name in given:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise OptionError(name, f"is no option of {study.name!r}, which has {', '.join(known)}.{hint}")
    found = {name: _value(study, each, given.get(name)) for name, each in known.items()}
    if found["dask"] is not None and given.get("workers") is None:
        found["workers"] = None  # a study's own number is one for this machine
    return study.Options(**found)


def _value(study, declared, value):
    if value is None:
        return asked_of(study, declared, "default")
    try:
        value = declared.metadata["convert"](value)
    except (ValueError, TypeError) as error:
        raise OptionError(declared.name, str(error)) from None
    choices = asked_of(study, declared, "choices")
    if choices is not None and value not in choices:
        raise OptionError(declared.name, f"must be one of {', '.join(map(str, choices))}; got {value!r}")
    return value


def asked_of(study, declared, what):
    """Return the default, choices or text of a field for a study; its own ``defaults`` come first."""
    own = getattr(study, "defaults", {}).get(declared.name)
    if what == "default" and own is not None:
        return own
    found = declared.metadata[what]
    return found(study) if callable(found) else found


def _first(study):
    return next(iter(study.profiles))
