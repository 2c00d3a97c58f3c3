# The one list of commands. Each target does its own set-up in .venv and installs nothing elsewhere.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Twice the cores: tests wait for servers and browsers.
WORKERS := $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))
INSTALLED := $(VENV)/.installed

.PHONY: demo test test-thorough test-all coverage lint install bench screenshots docs dist-check clean

demo: $(INSTALLED)  ## labels to report in ./demo
	$(BIN)/vidgen demo --out demo

test: $(INSTALLED)  ## the quick suite, and the checks of style, types and imports
	@$(MAKE) --no-print-directory --jobs 2 checks suite

.PHONY: checks suite
checks: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
suite: $(INSTALLED)
	$(BIN)/pytest -n $(WORKERS) --maxfail 20

test-thorough: $(INSTALLED)  ## every page in Chromium and Firefox, and further members of costly families
	$(BIN)/pytest -n $(WORKERS) --maxfail 20 -m "thorough and not slow"

test-all: $(INSTALLED)  ## the slow tests too
	$(BIN)/pytest -m ""

coverage: $(INSTALLED)  ## the quick suite, with the share of lines that it runs, which must not fall below the floor
	$(BIN)/pytest -n $(WORKERS) --maxfail 20 --cov --cov-report=term:skip-covered

lint: $(INSTALLED)  ## style, types and import contracts
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED)  ## speed and memory, as ratios taken side by side
	$(BIN)/python -m benchmarks

screenshots: $(INSTALLED)  ## every page in Chromium, into ./screenshots
	$(BIN)/python -m tests.screenshots screenshots

docs: $(INSTALLED)  ## the documentation site, into ./build/site; any warning is an error
	@$(BIN)/python -c 'import zensical' 2>/dev/null || $(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	$(BIN)/python -m docs.generate_site

dist-check: $(INSTALLED)  ## wheel and source distribution: built, checked, and the wheel tried on every Python that is here
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dist]'
	$(BIN)/python -m tests.distributions dist

install: $(INSTALLED)  ## the virtual environment, with pinned versions

# A line for each stage, since the second one takes minutes.
$(INSTALLED): pyproject.toml constraints.txt
	@echo "set-up 1/2: the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@echo "set-up 2/2: vidgen and the packages of constraints.txt, torch among them; this takes a while"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
	@echo "set-up done: $(BIN)/vidgen --help lists the commands"

clean:
	rm -rf $(VENV) build demo screenshots dist
