# The one list of commands. Each target does its own set-up in .venv and installs nothing elsewhere.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than the cores: tests wait for servers and browsers.
WORKERS := $(shell expr 1 + $$(getconf _NPROCESSORS_ONLN))
INSTALLED := $(VENV)/.installed

.PHONY: demo test test-all lint install bench screenshots clean

demo: $(INSTALLED)  ## labels to report in ./demo
	$(BIN)/vidgen demo --out demo

test: $(INSTALLED)  ## the quick suite, and the checks of style, types and imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(WORKERS)

test-all: $(INSTALLED)  ## the slow tests too
	$(BIN)/pytest -m ""

lint: $(INSTALLED)  ## style, types and import contracts
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED)  ## speed and memory, as ratios taken side by side
	$(BIN)/python -m benchmarks

screenshots: $(INSTALLED)  ## every page in Chromium, into ./screenshots
	$(BIN)/python -m tests.screenshots screenshots

install: $(INSTALLED)  ## the virtual environment, with pinned versions

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) demo screenshots dist
