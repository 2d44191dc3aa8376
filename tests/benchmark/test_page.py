"""The leaderboard's and the ablation's HTML pages, as a person has them: opened from a disk, sorted, filtered."""

import json

import pytest
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from lineclf import AblationCV
from lineclf.benchmark import Arena, Benchmark, Contestant, compare
from lineclf.runs import Profile, run_study
from tests.browser import browser
from tests.html_pages import read_page


def blobs(random_state):
    """Three classes."""
    return make_classification(150, 6, n_informative=4, n_classes=3, random_state=random_state)


BOARD = Benchmark(
    name="small",
    question="who tells three classes apart?",
    arenas=(
        Arena("blobs", 4, "three classes?", draw=blobs, score="test_accuracy"),
        Arena("halves", "halves", "the other half?"),
    ),
    contestants=(
        Contestant("a tree", DecisionTreeClassifier),
        Contestant("a stump", DecisionTreeClassifier(max_depth=1)),
        Contestant("naive Bayes", GaussianNB),
        Contestant("majority", DummyClassifier),
    ),
    profiles={"quick": Profile(n_per_class=3, seeds=2)},
)
ROWS = (
    "[...document.querySelectorAll('main table')].map(t => "
    "[...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.innerText)))"
)
CLICK = "document.querySelectorAll('main table')[{table}].tHead.rows[0].cells[{column}].click()"
FILTER = "(f => {{ f.value = {word}; f.dispatchEvent(new Event('input')) }})(document.getElementById('filter'))"


@pytest.fixture(scope="module", autouse=True)
def _blank_pictures():
    """None: these are drawn."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    run_study(BOARD, storage=f"sqlite:///{folder}/o.db", tracking_uri="none", output=folder / "board")
    ablation = AblationCV(DecisionTreeClassifier(), {"max_depth": [1, 2, 3], "criterion": ["entropy"]}, seeds=3)
    ablation.fit(*blobs(0)).report(folder / "ablation")
    compare([GaussianNB(), DummyClassifier()], *blobs(0), seeds=2).write(folder / "compared")
    return folder


@pytest.mark.parametrize(
    ("path", "pictures"),
    [("board/leaderboard", 1), ("ablation/ablation", 2), ("compared/comparison", 1)],
)
def test_the_page_holds_all_that_the_markdown_holds(folder, path, pictures):
    page = (folder / f"{path}.html").read_text(encoding="utf-8")
    content = read_page(page)
    markdown = (folder / f"{path}.md").read_text(encoding="utf-8").replace("*", "")
    lines = [line for line in markdown.splitlines() if line.startswith("|") and not line.startswith("|---")]
    rows = [f"| {' | '.join(cell.text for cell in row)} |" for table in content.tables for row in table]
    assert rows == lines
    assert len(content.sources) == pictures
    assert all(source.startswith("data:image/png;base64,") for source in content.sources)
    heads = [cell for table in content.tables for cell in table[0] if cell.text]
    assert [cell.text for cell in heads if not cell.attributes.get("title")] == []
    assert len(page.encode()) < 2e6


def test_a_person_sorts_and_filters_the_leaderboard_without_a_network(chromium, folder, tmp_path):
    page_of = folder / "board" / "leaderboard.html"
    with browser(chromium, tmp_path) as page:
        page.listen()
        page.open(page_of.as_uri())
        page.wait_for("document.body && document.body.dataset.ready")
        page.photograph(tmp_path / "leaderboard.png")
        overview, blobs_table = page.run(ROWS)[:2]
        assert {row[0] for row in overview} == {each.name for each in BOARD.contestants}
        scores = [float(row[1].split(" ")[0]) for row in blobs_table]
        for direction in (-1, 1):  # the first click shows the largest
            page.run(CLICK.format(table=1, column=1))
            found = [float(row[1].split(" ")[0]) for row in page.run(ROWS)[1]]
            assert found == sorted(scores, key=lambda score: direction * score)
        page.run(CLICK.format(table=0, column=0))
        assert [row[0] for row in page.run(ROWS)[0]] == sorted(row[0] for row in overview)
        page.run(FILTER.format(word=json.dumps("tree")))
        for table in page.run(ROWS)[:2]:
            assert [row[0] for row in table] == ["a tree"]
        page.run(FILTER.format(word="''"))
        assert len(page.run(ROWS)[0]) == len(BOARD.contestants)
        assert page.run("[...document.images].every(i => i.complete && i.naturalWidth > 400)")
        assert page_of.as_uri() in page.requests
        outside = [url for url in page.requests if not url.startswith((page_of.as_uri(), "data:", "blob:", "about:"))]
        assert outside == []


def test_a_person_sorts_the_ablation_by_what_it_found(chromium, folder, tmp_path):
    with browser(chromium, tmp_path) as page:
        page.open((folder / "ablation" / "ablation.html").as_uri())
        page.wait_for("document.body && document.body.dataset.ready")
        page.photograph(tmp_path / "ablation.png")
        heads = page.run("[...document.querySelectorAll('main table')[0].tHead.rows[0].cells].map(c => c.innerText)")
        before = page.run(ROWS)[0]
        column = heads.index("Δ")
        page.run(CLICK.format(table=0, column=column))
        effects = [float(row[column]) for row in page.run(ROWS)[0]]
        assert effects == sorted((float(row[column]) for row in before), reverse=True)
        page.run(FILTER.format(word="'entropy'"))
        assert [row[1] for row in page.run(ROWS)[0]] == ["entropy"]
