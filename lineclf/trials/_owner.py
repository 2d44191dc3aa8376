"""What has parameters that a design varies."""

import inspect
from difflib import get_close_matches

__all__ = ["ABSENT", "Owner"]

ABSENT = inspect.Parameter.empty


class Owner:
    """What has parameters that an ablation varies.

    Parameters
    ----------
    name : str
        For people.
    params : dict
        What each parameter is.
    is_open : bool, default=False
        Whether it takes others, too.
    """

    def __init__(self, name, params, *, is_open=False):
        self.name, self.params, self.is_open = name, params, is_open

    def fail(self, what, *names):
        """Raise ValueError for names that are no parameters, with the near ones."""
        for name in names:
            known = [str(each) for each in self.params]
            close = get_close_matches(str(name), known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"it has {', '.join(known) or 'none'}"
            raise ValueError(f"{what}: {self.name} has no parameter {name!r}; {hint}")
