# Python 3.11 or newer and make are enough: every target sets up what it needs in .venv.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(shell for one in $(CANDIDATES); do $$one -c '$(RECENT)' 2>/dev/null && echo $$one && break; done)

.PHONY: help run demo test test-browser pictures check package bench bench-search bench-pages soak claims month fuzz check-real deciders lock clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s  %s\n", $$1, $$2 }' Makefile

run: $(VENV)/ready ## run the service with the files in config/; Ctrl-C ends it
	@$(BIN)/city-watcher run

demo: $(VENV)/ready ## show a whole day without internet, from feed to mail
	@$(BIN)/city-watcher demo

# Side by side, one more than there are processors (for some only wait), four at most; ARGS="-n 0" takes one after
# another. What the tests start need not compile everything anew. The tree has `make check`, the wheel `make package`.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); echo $$((n < 3 ? n + 1 : 4)))
test: $(VENV)/ready-dev ## run the tests; choose some with ARGS="-k digest"
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup \
		--ignore tests/test_layers.py --ignore tests/test_package.py $(ARGS)

test-browser: $(VENV)/ready-dev ## look at the page in the distribution's Chromium; choose with ARGS="-k keyboard"
	@$(BIN)/python -m pytest tests/browser $(ARGS)

pictures: $(VENV)/ready-dev demo ## take the pictures of the page for the README, of the demo's invented news
	@PYTHONPATH=tests:. $(BIN)/python -m browser.pictures

check: $(VENV)/ready-dev ## look at style, types and layers
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files want: $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/mypy --strict --no-error-summary
	@$(BIN)/python -m pytest tests/test_layers.py

package: $(VENV)/ready-dev ## try the wheel in an empty venv, with libraries fetched anew
	@CITY_WATCHER_TEST_PACKAGE=fetched $(BIN)/python -m pytest tests/test_package.py $(ARGS)

bench: $(VENV)/ready-dev ## measure CPU per feed, beside a peer; ARGS="--feeds 50 --alone" is quick
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks $(ARGS)

bench-search: $(VENV)/ready-dev ## measure searches in 500,000 items, on both databases; ARGS="--captured 20000 --aside 30000" is quick
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.searching $(ARGS)

bench-pages: $(VENV)/ready-dev ## measure the page in front of 500,000 items, on both databases; ARGS="--captured 20000 --aside 30000" is quick
	@PYTHONPATH=tests:. $(BIN)/python -m benchmarks.pages $(ARGS)

soak: $(VENV)/ready-dev ## survive 30 simulated days of kills and outages; ARGS="--minutes 5" is shorter
	@PYTHONPATH=tests:. $(BIN)/python -m soak $(ARGS)

claims: $(VENV)/ready-dev ## share 2,000 feeds between two processes, and kill one; ARGS="--feeds 500" is quick
	@PYTHONPATH=tests:. $(BIN)/python -m soak.claims $(ARGS)

month: $(VENV)/ready-dev ## visit 200 feeds of all habits for a simulated month; ARGS="--feeds 20 --days 7" is quick
	@PYTHONPATH=tests:. $(BIN)/python -m month $(ARGS)

# What hangs for five seconds is a failure here.
fuzz: $(VENV)/ready-dev ## read thousands of hostile bytes, dates, pages and addresses; ARGS="-k dates" chooses
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --hypothesis-profile=long -m hypothesis $(READING) $(ARGS)

READING := $(patsubst %,tests/test_%.py,read decode dates sitemap listpage urls plain pace)

check-real: $(VENV)/ready-dev ## poll a folder of real documents; DIR=... may hold a manifest.jsonl with their counts
	@test -n "$(DIR)" || { echo "Say where the documents are: make check-real DIR=path/to/folder" >&2; exit 2; }
	@PYTHONPATH=tests:. $(BIN)/python -m real "$(DIR)" $(ARGS)

deciders: $(VENV)/ready-dev ## list the phrases that decide exactly one item; FILE=... holds labelled items
	@test -n "$(FILE)" || { echo "Say which items: make deciders FILE=path/to/items.jsonl" >&2; exit 2; }
	@PYTHONPATH=tests:. $(BIN)/python -m deciders "$(FILE)"

lock: $(VENV)/pyvenv.cfg ## renew both lock files with the newest versions
	@$(PIP) install uv
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --extra test --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove .venv and everything made; what you collected in var/ stays
	@rm -rf $(VENV) var/bench dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find config storage tests watcher -name __pycache__ -type d -prune -exec rm -rf {} +

# One lock for every Python from 3.11 on, Linux and macOS; it names versions and hashes, never an index.
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --no-config --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command "make lock"

# requirements-dev.lock holds all of requirements.lock, so whoever has the tools can run the service too.
$(VENV)/ready: requirements.lock pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "Installing the libraries into $(VENV) (once; about a minute)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock pyproject.toml | $(VENV)/pyvenv.cfg
	@echo "Installing the libraries and the test tools into $(VENV) (once; about a minute)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --editable .
	@touch $(VENV)/ready $@

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found: install one, or name it with make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c '$(RECENT)' || { echo "$(PYTHON) is not Python 3.11 or newer: name one with make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
