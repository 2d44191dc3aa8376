"""Shared work of all studies on their options: choose by name, and find the report's folder."""

from difflib import get_close_matches
from pathlib import Path

from lineclf.runs._options import OptionError

__all__ = ["profile_folder", "scratch_folder", "select"]


def profile_folder(study, profile, *, whole=True):
    """Folder of a study's report: each smaller size has one below that of the full size.

    A run of only a part, not `whole`, never overwrites the report of the full run.
    """
    folder = Path("reports") / study.name
    if study.profiles[profile].n_per_class is not None:
        return folder / profile
    return folder if whole else scratch_folder(study.name)


def scratch_folder(name):
    """Folder, which git ignores, for the reports of a study's runs that no profile declares."""
    return Path("reports") / name / "scratch"


def select(option, names, declared):
    """Return the declared things of the given names; all without names.

    Parameters
    ----------
    option : str
        Option by which the names were given.
    names : sequence of str
    declared : iterable
        Each has a ``name``.

    Returns
    -------
    tuple

    Raises
    ------
    OptionError
        If a name is unknown.
    """
    known = {each.name: each for each in declared}
    for name in names:
        if name not in known:
            folded = {each.lower(): each for each in known}
            close = get_close_matches(name.lower(), folded, n=1)
            hint = f" Did you mean {folded[close[0]]!r}?" if close else ""
            raise OptionError(option, f"must be among {', '.join(known)}; got {name!r}.{hint}")
    return tuple(known[name] for name in names) if names else tuple(declared)
