"""A report's page of Markdown as one HTML file: tables that sort and filter, pictures inside, nothing from a network.

DataTables, shipped by itables, draws the tables; this file only marks the values to sort by.
"""

import base64
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

__all__ = ["html_page", "with_html"]

# A number at the start of a cell, whatever follows: "< 0.001", "100.00 ± 0.00", "0.1187 ★", "2 (0–1)", "1,326".
_NUMBER = re.compile(r"[<≤≥>]?\s*([+\-−]?\d[\d,]*\.?\d*(?:e[+\-]?\d+)?)(?![\w×])")
_BLANK = ("", "–", "-")


def html_page(
    markdown: str,
    *,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
    meanings: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return a page of Markdown as one HTML file, which opens from a disk and needs no network.

    A click on a column's head sorts a table, and words filter it; without JavaScript the tables are plain.

    Parameters
    ----------
    markdown : str
        CommonMark with tables. HTML in it is shown as text.
    pictures : mapping of str to bytes
        PNG by the name under which the page shows it; other pictures stay links.
    meanings : mapping of str to str
        Meanings of rows and columns, by the cell at their head; for a column "fit, s" the key "fit" is enough. Shown
        under the mouse, and listed at the end.

    Returns
    -------
    str

    Examples
    --------
    >>> from lineclf.reporting import html_page
    >>> table = "| model | fit, s |\\n|---|---|\\n| a net | 1,000 |\\n"
    >>> page = html_page(table, meanings={"fit": "time to train"})
    >>> '<td data-order="1000.0">1,000</td>' in page, 'title="time to train"' in page
    (True, True)
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    sections: list[tuple[str, str]] = []
    shown: dict[str, str] = {}
    rows: list[list] = []
    for token, inside in zip(tokens, [*tokens[1:], tokens[-1]] if tokens else [], strict=True):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(inside.content))
            if token.tag == "h2":
                sections.append((_anchor(inside.content), inside.content))
        elif token.type == "table_open":
            token.attrSet("class", "display compact")
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append((token, _text(inside)))
        elif token.type == "table_close":
            _order(rows)
            shown |= _explain(rows, meanings)
        for child in inside.children or ():
            if child.type == "image" and child.attrs["src"] in pictures:
                data = base64.b64encode(pictures[str(child.attrs["src"])]).decode()
                child.attrs["src"] = f"data:image/png;base64,{data}"
    body = parser.renderer.render(tokens, parser.options, {})
    body = body.replace("<table", '<div class="table"><table').replace("</table>", "</table></div>")
    if shown:
        sections.append((_MEANINGS_AT, _MEANINGS))
        named = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in shown.items())
        body += f'<h2 id="{_MEANINGS_AT}">{_MEANINGS}</h2><dl>{named}</dl>'
    title = next((line.removeprefix("# ") for line in markdown.splitlines() if line.startswith("# ")), "Report")
    links = "".join(f'<a href="#{at}">{html.escape(name.partition(": ")[0])}</a>' for at, name in sections)
    return _fill(title=html.escape(title), sections=links, body=body, **_library())


_MEANINGS, _MEANINGS_AT = "What rows and columns mean", "meanings"


def with_html(contents: Mapping[str, bytes | str], meanings: Mapping[str, str] = MappingProxyType({})) -> dict:
    """Return a report's files with an HTML page beside each page of Markdown, for :func:`write_files`.

    Parameters
    ----------
    contents : mapping of str to bytes or str
        Files by name; their pictures are shown by the pages.
    meanings : mapping of str to str
        As in :func:`html_page`.

    Returns
    -------
    dict
        The same files, and ``page.html`` for each ``page.md``.
    """
    pictures = {name: each for name, each in contents.items() if isinstance(each, bytes) and name.endswith(".png")}
    pages = {
        f"{name.removesuffix('.md')}.html": html_page(text, pictures=pictures, meanings=meanings)
        for name, text in contents.items()
        if isinstance(text, str) and name.endswith(".md")
    }
    return {**contents, **pages}


def _anchor(title):
    """The anchor of a heading in links of Markdown."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def _text(inline):
    return "".join(child.content for child in inline.children or ()).strip()


def _order(rows):
    """Give the cells of each column of numbers their values to sort by; the first click shows the largest."""
    head, *body = rows
    for i, (token, _) in enumerate(head):
        cells = [row[i] for row in body]
        numbers = [_number(text, whole=i == 0) for _, text in cells]
        if any(number is None for number in numbers) or all(number == "" for number in numbers):
            continue
        token.attrSet("data-order-sequence", '["desc", "asc", ""]')
        for (cell, _), number in zip(cells, numbers, strict=True):
            cell.attrSet("data-order", str(number))


def _number(text, whole):
    """The number at the beginning of a cell; "" for an empty cell, None for words."""
    if text in _BLANK:
        return ""
    found = _NUMBER.match(text)
    if not found or (whole and found.end() < len(text)):
        return None
    return float(found[1].replace(",", "").replace("−", "-"))


def _explain(rows, meanings):
    """Give the heads of rows and columns their known meanings; return these, by name."""
    shown = {}
    for token, text in [*rows[0], *(row[0] for row in rows[1:])]:
        name = next((name for name in (text, text.partition(",")[0]) if name in meanings), None)
        if name is not None:
            token.attrSet("title", meanings[name])
            shown[name] = meanings[name]
    return shown


@cache
def _library():
    """DataTables' script and style."""
    from itables import options

    script = Path(options.dt_bundle)
    style = script.with_suffix(".css").read_text(encoding="utf-8")
    # As JSON, in which no text can end the element that holds it.
    code = json.dumps(script.read_text(encoding="utf-8"), ensure_ascii=False).replace("<", r"\u003c")
    return {"code": code, "style": style}


def _fill(**parts):
    page = files("lineclf.reporting").joinpath("page.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace(f"<!-- {name} -->", text)
    return page
