# Two commands do everything: `make ablate` and `make test`. Both create .venv and install into it first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# As many as the cores that are meant: each worker loads everything once.
JOBS ?= 2
PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

# Where it is set, every process compiles all that it imports anew: 8 of the 13 seconds that TensorFlow and MLflow take.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: ablate reproduce test test-fast test-engine test-package lint docs ui speed clean help

ablate: $(VENV)/.installed  ## run the main study on its defaults (about 10 minutes on 2 cores)
	$(BIN)/python studies/ablate.py

reproduce: $(VENV)/.installed  ## rerun the report item by item, on less data (about 8 minutes)
	$(BIN)/python studies/reproduce.py

test: $(VENV)/.installed-test lint  ## lint, types, import contracts, then every test and doctest but the engine's and the package's
	$(PYTEST) -m "not engine and not package"

test-fast: $(VENV)/.installed-test  ## what needs no Keras, for the inner loop
	$(PYTEST) -m "not engine and not package" --fast

test-engine: JOBS := 4# they mostly wait
test-engine: $(VENV)/.installed-test  ## workers, servers and clusters that die, by real processes
	$(PYTEST) -m engine --fast

test-package: $(VENV)/.installed-test  ## build the package, install it with all it needs into an empty environment of PYTHON, use it there
	LINECLF_PACKAGE_PYTHON=$(PYTHON) $(BIN)/python -m pytest -m package tests/test_package_installed.py $(ARGS)

lint: $(VENV)/.installed-test  ## style, format, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed-docs  ## build the site in docs/_build/html, its examples run (ARGS="-D plot_gallery=0": not run)
	$(BIN)/python -m sphinx -b html -W --keep-going -d docs/_build/doctrees $(ARGS) docs docs/_build/html

ui: $(VENV)/.installed  ## serve the stored runs by MLflow; prints the address of the studies' page
	$(BIN)/python -m lineclf.runs

speed: $(VENV)/.installed-test  ## measure the speed table in reports/speed.md
	$(BIN)/python studies/speed.py

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "lineclf needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable '.[test]'
	# It asks for an older scikit-learn and TensorFlow, which what the tests compare with does not need.
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --no-deps xplique
	touch $@

$(VENV)/.installed-docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt --editable '.[docs]'
	touch $@

clean:  ## remove the environment, the site and caches; results stay
	rm -rf docs/_build docs/api/examples docs/api/generated docs/api/commands.md docs/gallery docs/reports docs/changelog.md docs/contributing.md
	rm -rf $(VENV) .pytest_cache .hypothesis .mypy_cache .ruff_cache build dist *.egg-info

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'
