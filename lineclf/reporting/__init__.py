"""What the reports of all studies share: Markdown, numbers, colours and pictures."""

from importlib import import_module

from lineclf.reporting._markdown import markdown_table

_LAZY = {"COLORS": "_figures", "png": "_figures"}  # these load Matplotlib

__all__ = ["markdown_table", *_LAZY]


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
