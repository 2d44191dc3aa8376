"""The gallery's examples have the form that a reader expects; the site's build runs them."""

import ast
import re
from pathlib import Path

import pytest

import lineclf

PACKAGE = Path(lineclf.__file__).parent
FOLDER = PACKAGE.parent / "docs" / "examples"
EXAMPLES = sorted(FOLDER.rglob("plot_*.py"))
PUBLIC = sorted(path for path in PACKAGE.glob("**/__init__.py"))


def exported_names(path):
    """Names in the ``__all__`` of a file, also those that it takes from another list or mapping of names."""
    known, found = {}, []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = node.value
    for each in getattr(known.get("__all__"), "elts", []):
        if isinstance(each, ast.Starred):
            found += [key.value for key in known[each.value.id].keys]
        else:
            found.append(each.value)
    return found


def is_class(name):
    return name[0].isupper() and not name.isupper()


def test_every_folder_has_a_header_with_a_title():
    folders = {FOLDER, *(path.parent for path in EXAMPLES)}
    for folder in folders:
        title, line, *_ = (folder / "GALLERY_HEADER.rst").read_text().splitlines()
        assert len(title) == len(line)
        assert set(line) == ({"="} if folder == FOLDER else {"-"})
    assert len(EXAMPLES) >= 16


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_asks_one_question_and_ends_in_one_picture(path):
    text = path.read_text()
    tree = ast.parse(text)
    compile(tree, path.name, "exec")
    title, line, blank, *_ = ast.get_docstring(tree).splitlines()
    assert title.endswith("?")
    assert (line, blank) == ("=" * len(title), "")
    assert len(re.findall(r"^(?:# )?[=\-]{4,}$", text, re.MULTILINE)) == 1, "one title, no other headings"
    assert len(re.findall(r"^\s*plt\.show\(\)$", text, re.MULTILINE)) == 1
    assert 25 <= len(text.splitlines()) <= 100
    *_, (last, _) = re.findall(r"((?:^#.*\n)+)()\Z", text, re.MULTILINE)
    assert last.startswith("# %%\n# "), "what the picture shows is said at the end"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "lineclf":
            assert "._" not in node.module
            assert all(alias.name in exported_names(_file_of(node.module)) for alias in node.names)


def _file_of(module):
    return PACKAGE.parent.joinpath(*module.split("."), "__init__.py")


def test_titles_are_different_questions():
    titles = [ast.get_docstring(ast.parse(path.read_text())).splitlines()[0] for path in EXAMPLES]
    assert len({title.lower() for title in titles}) == len(titles)


def test_every_public_class_is_in_an_example():
    text = "\n".join(path.read_text() for path in EXAMPLES)
    classes = {name for path in PUBLIC for name in exported_names(path) if is_class(name)}
    assert {"AblationCV", "AblationDisplay", "Ceiling", "TrialStore", "Recalibration"} <= classes
    assert {name for name in classes if not re.search(rf"\b{name}\b", text)} == set()
