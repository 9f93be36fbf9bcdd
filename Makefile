# Everything a fresh Debian machine needs comes with the target: system packages, the virtual environment, the tests' browser.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help demo test fast check wine lab clean
help:
	@echo "make demo   start the embedded lab and share the work folder on it, headless"
	@echo "make test   everything that has to pass: style, types, tests"
	@echo "make fast   the tests without notebooks and without the wire (seconds)"
	@echo "make lab    serve the embedded lab until Ctrl-C"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/runbook lab lab -- bash -c '\
	  $(BIN)/runbook plan lab 0 5 --change demo; [ $$? -le 2 ] && \
	  $(BIN)/runbook apply lab 0 5 --change demo --note "demonstration" && \
	  echo && echo "Once more: nothing is left to do." && \
	  $(BIN)/runbook apply lab 0 5 --change demo --note "demonstration, again" && \
	  $(BIN)/runbook records --change demo'

# A real command interpreter and an assembler for the programs that it calls: the group's scripts are proven in it.
wine:
	@command -v wine >/dev/null && command -v fasm >/dev/null && dpkg -s wine64-preloader >/dev/null 2>&1 || { \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends wine wine64 wine64-preloader fasm; }

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fast: $(READY)
	$(BIN)/pytest -q -n 2 -m "not notebook and not wire and not wine"

test: check wine
	$(BIN)/pytest -q -n 2

lab: $(READY)
	$(BIN)/runbook lab lab

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
