"""How Sphinx makes the site of these pages: `make docs`."""

import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

from sphinx.util.nodes import make_refnode

from lineclf import __version__

HERE = Path(__file__).parent
ROOT = HERE.parent

project = "lineclf"
author = project_copyright = "the lineclf developers"
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "examples"]  # the gallery is made of the examples
templates_path = ["_templates"]
default_role = "literal"

autosummary_generate = True
autodoc_typehints = "none"  # docstrings say what a parameter is
autodoc_inherit_docstrings = False
numpydoc_show_class_members = False  # the template lists them
myst_heading_anchors = 4
suppress_warnings = ["config.cache"]  # the gallery's settings hold functions, which Sphinx cannot store

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "backreferences_dir": "api/examples",
    "doc_module": ("lineclf",),
    "download_all_examples": False,
    "show_memory": False,
    "write_computation_times": False,
    "remove_config_comments": True,
    "abort_on_example_error": True,
}

html_theme = "pydata_sphinx_theme"
html_title = f"lineclf {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "lineclf"},
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
    "navigation_with_keys": False,
    "show_prev_next": False,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
}

# What links lead to outside of this folder, and what stands for it here.
HERE_IS = {
    "reports/": "reports/",
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
# Pages that are read outside of the site, too, where a menu would be seen as it is written.
BELOW = {"course/index": ["lesson_*", "teacher"], "reports/ablation/index": ["ablation", "*/ablation", "*/search"]}

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive", UserWarning)  # an example may show its figure


def borrow():
    """Copy what stands outside of this folder and belongs to the site, each link as it is from here."""
    shutil.rmtree(HERE / "reports", ignore_errors=True)
    ignored = shutil.ignore_patterns("*.html", "*.csv", "*.json", "*.gz", "quick", "scratch")
    shutil.copytree(ROOT / "reports", HERE / "reports", ignore=ignored)
    for name in ("CHANGELOG.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        text = re.sub(r"\]\((?!https?:|docs/|reports/)", "](../", text).replace("](docs/", "](")
        (HERE / name.lower()).write_text(text, encoding="utf-8")


def list_options():
    """Write a page of every command's options, as the commands tell them."""
    script = Path(sys.executable).with_name("lineclf")
    commands = {
        f"lineclf {name}": [script, *name.split()] for name in ("ablate", "benchmark", "audit", "datasets export")
    }
    commands |= {
        f"python studies/{path.name}": [sys.executable, path] for path in sorted((ROOT / "studies").glob("[!_]*.py"))
    }
    lines = ["# Options of the commands", "", "`COMMAND --help` shows the same."]
    for name, command in commands.items():
        options = {"cwd": ROOT, "env": os.environ | {"COLUMNS": "100"}, "capture_output": True, "text": True}
        text = subprocess.run([*command, "--help"], check=True, **options).stdout
        lines += ["", f"## {name}", "", "```text", text.strip(), "```"]
    (HERE / "api" / "commands.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def fit_in(app, docname, source):
    """Let links to what was copied lead to the copies, and put pages below those that name them in words."""
    for there, here in HERE_IS.items():
        source[0] = source[0].replace(f"../{there}", here)
    if docname in BELOW:
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\n" + "\n".join(BELOW[docname]) + "\n```\n"


def find_short(app, env, node, contnode):
    """Find a name that a docstring refers to without its package."""
    if node.get("refdomain") != "py":
        return None
    matches = env.get_domain("py").find_obj(env, None, None, node["reftarget"], node["reftype"], 1)
    if len(matches) != 1:
        return None
    name, entry = matches[0]
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, contnode, name)


def leave_out(app, what, name, obj, skip, options):
    """Leave out what is inherited from elsewhere, and the fields of named tuples, which their class explains."""
    if type(obj).__name__ in ("_tuplegetter", "method_descriptor"):
        return True
    function = getattr(obj, "fget", None) or getattr(obj, "func", obj)
    foreign = not str(getattr(function, "__module__", "lineclf")).startswith("lineclf")
    return True if what == "class" and foreign else None


borrow()
list_options()


def setup(app):
    """Connect the functions above."""
    app.connect("source-read", fit_in)
    app.connect("autodoc-skip-member", leave_out)
    app.connect("missing-reference", find_short)
