"""What a page of HTML holds, read by Python's own parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Cell:
    """A cell of a table."""

    attributes: dict
    text: str = ""


@dataclass
class Content:
    """Tables as lists of rows of cells, headings by anchor, addresses of links and of what is loaded, and all text."""

    tables: list = field(default_factory=list)
    headings: dict = field(default_factory=dict)
    links: list = field(default_factory=list)
    sources: list = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.content, self._cell, self._heading, self._hidden = Content(), None, None, False

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "table":
            self.content.tables.append([])
        elif tag == "tr":
            self.content.tables[-1].append([])
        elif tag in ("th", "td"):
            self._cell = Cell(attributes)
            self.content.tables[-1][-1].append(self._cell)
        elif tag == "h2":
            self._heading = attributes.get("id")
            self.content.headings[self._heading] = ""
        elif tag == "a":
            self.content.links.append(attributes["href"])
        elif "src" in attributes or tag in ("link", "iframe", "object"):
            self.content.sources.append(attributes.get("src") or attributes.get("href"))
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._cell = None
        if tag == "h2":
            self._heading = None
        self._hidden = False

    def handle_data(self, data):
        if self._hidden:
            return
        self.content.text += data
        if self._cell is not None:
            self._cell.text += data
        if self._heading is not None:
            self.content.headings[self._heading] += data


def read_page(text):
    """The content of a page."""
    reader = _Reader()
    reader.feed(text)
    return reader.content
