"""Texts of errors: the legal values, the given one, and a guess at the meant one. Nothing heavy."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["check_choice", "fail", "first_line"]


def fail(name: str, legal: str, value: Any) -> ValueError:
    """Return the ValueError that says `name` must be `legal` but is `value`."""
    return ValueError(f"{name} must be {legal}; got {value!r}")


def first_line(error: object) -> str:
    """Return the text of an error or a warning in one line."""
    return str(error).strip().partition("\n")[0] or repr(error)


def check_choice(
    name: str, value: Any, choices: Collection[str], meant: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return `value` if it is one of the strings `choices`; otherwise raise ValueError with a guess at the meant one.

    The guess is the choice that `meant` gives for a word, or else the choice with the most similar spelling.
    """
    if isinstance(value, str) and value in choices:
        return value
    from difflib import get_close_matches

    word = value.strip().lower() if isinstance(value, str) else ""
    guess = [meant[word]] if word in meant else get_close_matches(word, choices, n=1)
    hint = f" (did you mean {guess[0]!r}?)" if guess else ""
    raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}; got {value!r}{hint}")
