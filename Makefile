# Everything a fresh Debian machine needs comes with the target: system packages, the virtual environment, the tests' browser.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help demo desk test fast check wine browser lab clean
help:
	@echo "make demo   install, fail over and audit on the embedded lab, headless"
	@echo "make desk   the operator's desk in JupyterLab, on the embedded lab (STAGE=clustered begins at chapter 2)"
	@echo "make test   everything that has to pass: style, types, tests"
	@echo "make fast   the tests without notebooks and without the wire (seconds)"
	@echo "make lab    serve the embedded lab until Ctrl-C"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Exit code 2 of a plan: there is something to do. Exit code 3: the run waits for a person, whom the demonstration plays.
define DEMO
CHANGE=demo-$$(date +%Y%m%dT%H%M%S)
say() { printf '\n== %s\n' "$$*"; }
runbook() { $(BIN)/runbook "$$@"; }
person() { runbook confirm lab "$$@" --change "$$CHANGE" --by Demonstration; }
say "The plan: everything is read, nothing is changed"
runbook plan lab --change "$$CHANGE" || [ $$? = 2 ]
person clusterpro-manager --note "it shows both nodes"
say "The installation, until a person has to agree that the group is stopped"
runbook apply lab --change "$$CHANGE" --note "whole installation" || [ $$? = 3 ]
person stop-for-settings --note "agreed"
say "The rest of the installation: what is done is not done again"
runbook apply lab --change "$$CHANGE" --note "whole installation, continued"
say "Once more: nothing is left to do"
runbook apply lab --change "$$CHANGE" --note "again"
say "A guarded failover to node2, which ends by asking what only a person knows"
runbook apply lab 9 --node node2 --change "$$CHANGE" || [ $$? = 3 ]
person no-parent-manager --note "there is none"
runbook apply lab 9 --node node2 --change "$$CHANGE" --note "failover"
say "The audit: has anything drifted since?"
runbook audit lab
say "All records of the demonstration"
runbook records --change "$$CHANGE"
endef
export DEMO

demo: $(READY)
	$(BIN)/runbook lab lab --stage clustered -- bash -ec "$$DEMO"

# The operator's desk on the embedded lab; `runbook desk SITE` is the same for a real one.
STAGE ?= installed
desk: $(READY)
	$(BIN)/runbook lab lab --stage $(STAGE) -- runbook desk lab

# A real command interpreter and an assembler for the programs that it calls: the group's scripts are proven in it.
wine:
	@command -v wine >/dev/null && command -v fasm >/dev/null && dpkg -s wine64-preloader >/dev/null 2>&1 || { \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends wine wine64 wine64-preloader fasm; }

# What is seen in a browser is tested in Debian's own; the fonts are for what the nodes say in Japanese.
browser:
	@command -v chromium >/dev/null && command -v pdftotext >/dev/null && dpkg -s fonts-noto-cjk >/dev/null 2>&1 || { \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk poppler-utils; }

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fast: $(READY)
	$(BIN)/pytest -q -n 2 -m "not notebook and not wire and not wine and not browser"

test: check wine browser
	$(BIN)/pytest -q -n 4 -m "not browser"
	$(BIN)/pytest -q -p no:xdist -m browser

lab: $(READY)
	$(BIN)/runbook lab lab

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
