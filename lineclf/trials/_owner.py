"""Owner of parameters that a design varies."""

import inspect
from difflib import get_close_matches

__all__ = ["ABSENT", "Owner"]

ABSENT = inspect.Parameter.empty


class Owner:
    """Owner of parameters that an ablation varies.

    Parameters
    ----------
    name : str
        Name for people.
    params : dict
        Value of each parameter.
    is_open : bool, default=False
        Whether it takes further parameters.
    """

    def __init__(self, name, params, *, is_open=False):
        self.name, self.params, self.is_open = name, params, is_open

    def fail(self, what, *names):
        """Raise ValueError for names that are not parameters; the message gives similar names."""
        for name in names:
            known = [str(each) for each in self.params]
            close = get_close_matches(str(name), known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"it has {', '.join(known) or 'none'}"
            raise ValueError(f"{what}: {self.name} has no parameter {name!r}; {hint}")
