"""The course: its pages hang together, its code runs, and its solutions solve what is asked.

All of it, nets and all, runs with LINECLF_COURSE=1, which takes about ten minutes; `python docs/course/run.py` does the
same.
"""

import ast
import importlib.util
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import untraced

FOLDER = Path(__file__).parents[1] / "docs" / "course"
RUN = runpy.run_path(str(FOLDER / "run.py"))
LESSONS, SOLUTIONS = RUN["LESSONS"], RUN["SOLUTIONS"]
PAGES = {path.stem: path.read_text() for path in FOLDER.glob("*.md")}
CODE = {name: [block["code"] for block in RUN["BLOCK"].finditer(PAGES[name])] for name in LESSONS}


def scripts():
    """Source of all that a reader runs: lessons block by block, and solutions."""
    yield from ((name, code) for name, blocks in CODE.items() for code in blocks)
    yield from ((name, (FOLDER / f"{name}.py").read_text()) for name in SOLUTIONS)


def test_there_are_six_lessons_each_with_its_solution():
    names = [f"lesson_{n}" for n in range(1, 7)]
    assert names == LESSONS
    assert [f"solutions/{name}" for name in names] == SOLUTIONS
    for name in names:
        assert f"]({name}.md)" in PAGES["index"]


def test_links_and_pictures_are_there_and_small():
    for page in PAGES.values():
        for target in re.findall(r"\]\(([^)#]+)", page):
            assert (FOLDER / target).exists(), target
    shown = {target for page in PAGES.values() for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page)}
    pictures = {path.name: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert pictures.keys() == shown
    assert max(pictures.values()) <= 60_000
    for picture in pictures:  # made by the code of the page that shows it
        assert f'savefig("{picture}"' in PAGES["_".join(picture.split("_")[:2])]


@pytest.mark.parametrize("name", LESSONS)
def test_every_exercise_has_a_hint_a_solution_and_a_note(name):
    number, difficulty = name.removeprefix("lesson_"), ["easy", "medium", "hard"]
    heading = rf"^### ({number}\.\d) [^\n]*\(({'|'.join(difficulty)})\)\n"
    asked = re.findall(rf"{heading}(.*?)(?=^### |\n\[Solutions\])", PAGES[name], re.MULTILINE | re.DOTALL)
    assert [each for each, *_ in asked] == [f"{number}.{k}" for k in range(1, len(asked) + 1)]
    assert len(asked) >= 3
    levels = [difficulty.index(level) for _, level, _ in asked]
    assert sorted(levels) == levels
    tree = ast.parse((FOLDER / "solutions" / f"{name}.py").read_text())
    solved = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    for each, _, text in asked:
        assert "*Hint:*" in text
        solution = solved[f"exercise_{each.split('.')[1]}"]
        assert ast.get_docstring(solution).startswith(f"{each}: ")
        assert any(isinstance(node, ast.Assert) for node in ast.walk(solution))
        assert f"\n| {each}: " in PAGES["teacher"]
    assert len([each for each in solved if each.startswith("exercise_")]) == len(asked)


def test_the_code_knows_public_names_alone():
    known = 0
    for name, code in scripts():
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "lineclf":
                assert "._" not in node.module, name
                # Read and not imported: that would take Keras with it.
                listed = Path(importlib.util.find_spec(node.module).origin).read_text()
                for alias in node.names:
                    assert f'"{alias.name}"' in listed, f"{name}: {node.module}.{alias.name}"
                    known += 1
    assert known > 50


def test_outputs_agree_word_by_word_and_number_by_number():
    agree = RUN["agree"]
    assert agree("a 0.91\n", "a   0.95\n", exact=False)
    assert not agree("a 0.91\n", "a 0.95\n", exact=True)
    assert not agree("a 0.91\n", "a 0.60\n", exact=False)
    assert not agree("better 0.91\n", "open 0.91\n", exact=False)
    assert not agree("1 2\n", "1 2 3\n", exact=False)
    assert agree("p < 0.001\n", "p   0.001\n", exact=False)
    assert agree("38,912 of 1e-05", "38,912 of 1e-05", exact=True)


def test_lesson_1_runs_and_prints_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = RUN["run_lesson"]("lesson_1")
    assert sum(bool(shown) for shown, _ in found) >= 5
    for shown, printed in found:
        assert RUN["agree"](shown, printed, exact=True), printed
    assert (tmp_path / "lesson_1_classes.png").exists()


@pytest.mark.keras
def test_lesson_3_runs_with_a_tiny_net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def shrink(code):
        return code.replace("n_per_class=60", "n_per_class=4").replace(
            "epochs=6", "epochs=1, filters=2, batch_size=512"
        )

    with untraced():
        found = RUN["run_lesson"]("lesson_3", shrink)
    assert found[1][1].startswith("['length', 'width', 'angle', 'color'] [2, 2, 12, 2]")
    assert [bool(shown) for shown, _ in found] == [bool(printed) for _, printed in found]


@pytest.mark.parametrize("exercise", ["exercise_1", "exercise_2", "exercise_3"])
def test_solutions_of_lesson_1(exercise):
    runpy.run_path(str(FOLDER / "solutions" / "lesson_1.py"))[exercise]()


@pytest.mark.parametrize(("lesson", "exercise"), [(5, 2), (5, 4)])
def test_solutions_that_train_nothing(lesson, exercise):
    runpy.run_path(str(FOLDER / "solutions" / f"lesson_{lesson}.py"))[f"exercise_{exercise}"]()


@pytest.mark.keras
@pytest.mark.timeout(1200)
@pytest.mark.skipif(os.environ.get("LINECLF_COURSE") != "1", reason="minutes of training: with LINECLF_COURSE=1")
@pytest.mark.parametrize("name", LESSONS + SOLUTIONS)
def test_the_whole_course(name):
    done = subprocess.run([sys.executable, FOLDER / "run.py", name], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
