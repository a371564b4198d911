# Two commands set up everything on a machine with Python 3.11 to 3.13: make run, make test.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
READY   = $(VENV)/.ready
# uv installs in seconds where it is present; pip does the same elsewhere.
INSTALL = $(if $(shell command -v uv 2>/dev/null),uv pip install --quiet --compile-bytecode --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

.PHONY: run test test-slow test-browser test-faults bench bench-quick bench-sample lint types pictures lock clean

run: $(READY)
	$(BIN)/dta run

test: $(READY) lint types
	$(BIN)/pytest -n auto --dist loadfile

# Many seeded changes, corruptions, every way of a few things; and, where CDE_FILES names a folder of whole files as CDE
# published them, those files.
test-slow: $(READY)
	$(BIN)/pytest -m slow -n auto --dist worksteal

# Kills, full disks, no network, a real scheduler; prints a table of faults and outcomes. As root it tries all of them. One worker waits for the scheduler.
test-faults: $(READY)
	$(BIN)/pytest -m faults tests/faults -n 3 --dist worksteal

# Pages in Debian's Chromium (apt-get install chromium).
test-browser: $(READY)
	$(BIN)/pytest -m browser -n auto --dist loadfile

# Pictures for the README, of the pages that make run made.
pictures: $(READY)
	$(BIN)/python -m tests.pictures

# Measure a generated state against the targets; see reports/docs/scale.md. Takes a while: quick does ten counties once.
bench: $(READY)
	$(BIN)/python -m tests.benchmarks

bench-quick: $(READY)
	$(BIN)/python -m tests.benchmarks --quick

# What a person waits for on the statewide sample, beside the targets: medians of five, tests/benchmarks/results/sample.json.
bench-sample: $(READY)
	$(BIN)/python -m tests.benchmarks.sample

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/it")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes --no-deps -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

# Renew the one lock for all supported Pythons; needs uv.
lock:
	uv pip compile pyproject.toml --all-extras --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-annotate --no-header -o requirements.lock

clean:
	rm -rf $(VENV) data/build data/snapshots data/published
