# Two commands set up everything on a machine with Python 3.11 to 3.13: make run, make test.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.ready
TOOLS   = $(VENV)/.ready-dev
# uv installs in seconds where it is present; pip does the same elsewhere. Modules are compiled afterwards, on all cores.
INSTALL = $(if $(shell command -v uv 2>/dev/null),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check)
COMPILE = $(BIN)/python -m compileall -q -j 0 $(VENV)/lib

.PHONY: run tools test test-slow test-browser test-faults bench bench-quick bench-sample lint types pictures lock clean

run: $(READY)
	$(BIN)/dta run

test: $(TOOLS) lint types
	$(BIN)/pytest -n auto --dist loadfile

# Further instances of what make test tests, many seeded changes, a generated state of 2 GB; and CDE's whole files, if
# CDE_FILES names a folder of them. SELECT takes more options of pytest.
test-slow: $(TOOLS)
	$(BIN)/pytest -m slow -n auto --dist worksteal $(SELECT) $(shell grep -rl --include=*.py mark.slow tests)

# Kills, full disks, no network, a real scheduler; prints a table of faults and outcomes. As root it tries all of them. One worker waits for the scheduler.
test-faults: $(TOOLS)
	$(BIN)/pytest -m faults tests/faults -n 3 --dist worksteal

# Pages in Debian's Chromium (apt-get install chromium).
test-browser: $(TOOLS)
	$(BIN)/pytest -m browser -n auto --dist worksteal tests/browser

# Pictures for the README, of the pages that make run made.
pictures: $(TOOLS)
	$(BIN)/python -m tests.pictures

# Measure a generated state against the targets; see reports/docs/scale.md. Takes a while: quick does ten counties once.
bench: $(TOOLS)
	$(BIN)/python -m tests.benchmarks

bench-quick: $(TOOLS)
	$(BIN)/python -m tests.benchmarks --quick

# What a person waits for on the statewide sample, beside the targets: medians of five, tests/benchmarks/results/sample.json.
bench-sample: $(TOOLS)
	$(BIN)/python -m tests.benchmarks.sample

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TOOLS)
	$(BIN)/mypy

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/it")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --no-deps --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	$(COMPILE)
	touch $@

# pytest, ruff, mypy and what else the tests need.
tools: $(TOOLS)

$(TOOLS): $(READY) requirements-dev.lock
	$(INSTALL) --no-deps --require-hashes -r requirements-dev.lock
	$(COMPILE)
	touch $@

# Renew the locks for all supported Pythons; needs uv. requirements-dev.lock has all of requirements.lock, and the tools
# of the tests.
LOCK = uv pip compile pyproject.toml --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-annotate --no-header
lock:
	$(LOCK) --extra install -o requirements.lock
	$(LOCK) --all-extras -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) data/build data/snapshots data/published
