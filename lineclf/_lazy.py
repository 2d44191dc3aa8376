"""Names of a package that load when they are first used, because their modules are heavy."""

from difflib import get_close_matches
from importlib import import_module

__all__ = ["lazy_names"]


def lazy_names(package, names, modules, packages=()):
    """Return the functions ``__getattr__`` and ``__dir__`` of a package.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    names : sequence of str
        Its ``__all__``.
    modules : mapping of str to str
        Name → module of the package that has it.
    packages : sequence of str
        Public modules inside the package, which load when they are first used as well.

    Returns
    -------
    tuple of callables
    """

    def find(name):
        if name in modules:
            return getattr(import_module(f"{package}.{modules[name]}"), name)
        if name in packages:
            return import_module(f"{package}.{name}")
        close = get_close_matches(name, [*names, *packages], n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise AttributeError(f"module {package!r} has no attribute {name!r}{hint}")

    return find, lambda: sorted({*names, *packages})
