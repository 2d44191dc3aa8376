"""A page of Markdown as one HTML file: what it holds, and that it holds everything."""

import base64
import re

import pytest

from lineclf.reporting import html_page, markdown_table, with_html, write_files
from tests.html_pages import read_page

PNG = b"\x89PNG\r\n\x1a\nnot really"
ROWS = [
    ["model", "score, %", "interval", "level"],
    ["a net", "**99.50** ± 0.10", "-0.1 to +0.2", "2"],
    ["<b>bold</b> & co", "1,234.5", "–", "max"],
    ["*ceiling*", "< 0.001", "+0.3", ""],
]
PAGE = f"""# Who *knows*?

See [what has run](#what-has-run-so-far).

{markdown_table(ROWS)}

![all scores](scores.png) ![none](elsewhere.png)

## What has run, so far

      Traceback: </script><script>alert(1)</script>
"""
MEANINGS = {"score": "share of right answers", "a net": 'pkg.Net(depth="2")', "never seen": "nothing"}


@pytest.fixture(scope="module")
def page():
    return html_page(PAGE, pictures={"scores.png": PNG}, meanings=MEANINGS)


def test_cells_are_those_of_the_markdown(page):
    (table,) = read_page(page).tables
    shown = [[cell.text for cell in row] for row in table]
    assert shown == [[text.replace("*", "") for text in row] for row in ROWS]


def test_columns_of_numbers_sort_as_numbers_and_words_as_words(page):
    (table,) = read_page(page).tables
    orders = [[cell.attributes.get("data-order") for cell in column[1:]] for column in zip(*table, strict=True)]
    assert orders == [[None] * 3, ["99.5", "1234.5", "0.001"], ["-0.1", "", "0.3"], [None] * 3]
    assert [cell.attributes.get("data-order-sequence") is not None for cell in table[0]] == [False, True, True, False]


def test_rows_and_columns_are_explained_where_they_stand_and_at_the_end(page):
    content = read_page(page)
    titles = {cell.text: cell.attributes.get("title") for row in content.tables[0] for cell in row}
    assert titles["score, %"] == MEANINGS["score"]
    assert titles["a net"] == MEANINGS["a net"]
    assert titles["model"] is titles["1,234.5"] is None
    end = content.text.split(content.headings["meanings"])[-1]
    assert all(text in end for text in (MEANINGS["score"], MEANINGS["a net"]))
    assert "never seen" not in content.text


def test_headings_are_where_links_lead(page):
    content = read_page(page)
    inner = [link.removeprefix("#") for link in content.links if link.startswith("#")]
    assert set(inner) == set(content.headings) == {"what-has-run-so-far", "meanings"}
    assert "<title>Who *knows*?</title>" in page


def test_everything_is_inside(page):
    content = read_page(page)
    inside, elsewhere = content.sources
    assert base64.b64decode(inside.removeprefix("data:image/png;base64,")) == PNG
    assert elsewhere == "elsewhere.png"  # nobody gave it
    assert "default-src 'none'" in page  # the browser would refuse what the page might ask for
    assert not re.search(r"url\((?![\"']?data:)[^)]*\)", page.partition("</style>")[0])


def test_texts_end_no_element(page):
    assert page.count("</script>") == 2  # the library's and the page's own
    assert "<script>alert" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; co" in page


def test_every_page_gets_one_beside_it(tmp_path):
    contents = {"page.md": PAGE, "scores.png": PNG, "table.csv": "a,b\n"}
    files = write_files(tmp_path, with_html(contents, MEANINGS))
    assert [path.name for path in files] == [*contents, "page.html"]
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == html_page(
        PAGE, pictures={"scores.png": PNG}, meanings=MEANINGS
    )


def test_a_page_without_tables_or_headings_is_one_too():
    content = read_page(html_page("words"))
    assert not content.tables
    assert not content.headings
    assert "words" in content.text
    assert read_page(html_page("")).tables == []
