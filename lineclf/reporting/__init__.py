"""Shared parts of all reports: pages in Markdown and HTML, numbers, colours and pictures."""

from lineclf._files import write_files
from lineclf._lazy import lazy_names
from lineclf.reporting._errors import cause
from lineclf.reporting._html import html_page, with_html
from lineclf.reporting._markdown import (
    columns_table,
    failures_section,
    made_with,
    markdown_table,
    written_by,
)
from lineclf.reporting._numbers import number, p_text, p_value, points, read_table, spans

_LAZY = {"COLORS": "_figures", "png": "_figures"}  # these load Matplotlib

__all__ = [
    "cause",
    "columns_table",
    "failures_section",
    "html_page",
    "made_with",
    "markdown_table",
    "number",
    "p_text",
    "p_value",
    "points",
    "read_table",
    "spans",
    "with_html",
    "write_files",
    "written_by",
    *_LAZY,
]

__getattr__, __dir__ = lazy_names(__name__, __all__, _LAZY)
