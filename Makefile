# The two commands of this project are `make site` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
EDITION ?= student
SITE_READY := $(VENV)/.site-ready
TEST_READY := $(VENV)/.test-ready

.PHONY: help site pdf serve test lint bench lock clean
.DEFAULT_GOAL := help

help:           ## list the commands
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

site: $(SITE_READY)     ## run the workshop, build site/ for students and site-instructor/ for who teaches them
	@$(BIN)/labguide build
	@$(BIN)/labguide build --edition instructor

pdf: $(SITE_READY)      ## print decks, handouts and the guide into pdf/ and pdf-instructor/ (needs a Chromium)
	@$(BIN)/labguide pdf
	@$(BIN)/labguide pdf --notes

serve: $(SITE_READY)    ## preview on http://127.0.0.1:8000 and follow edits; EDITION=instructor for the other edition
	@$(BIN)/labguide serve --edition $(EDITION)

test: $(TEST_READY)     ## lint, types, tests, and a real browser
	@tests/find-browser.sh > $(VENV)/browser-path
	$(BIN)/ruff check .
	$(BIN)/ruff format --check tools tests
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(TEST_READY)     ## lint and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check tools tests
	$(BIN)/mypy

bench: $(SITE_READY)    ## measure labguide beside other tools (several minutes)
	@$(BIN)/python bench/service.py
	@$(BIN)/python bench/decks.py
	@$(BIN)/python bench/languages.py
	@$(BIN)/python bench/run.py

lock:           ## renew both lock files (needs uv)
	uv pip compile pyproject.toml --extra workshop --extra build $(LOCK_OPTIONS) -o requirements.lock
	uv pip compile pyproject.toml --extra workshop --extra build --extra test -c requirements.lock $(LOCK_OPTIONS) -o requirements-test.lock

LOCK_OPTIONS := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet

# A virtual environment is as good as the lock it was made from: a stamp newer than the lock says it is.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "labguide needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(SITE_READY): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the lock names into $(VENV) (about a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST_READY): requirements-test.lock $(SITE_READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-test.lock
	@touch $@

clean:          ## remove what was built (not the environment, not the recordings)
	rm -rf site site-instructor pdf pdf-instructor .labguide
