# Two commands matter: `make demo` and `make test`. The rest is what they are made of.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := demo
.PHONY: demo install test check format lock bench soak simulate

demo: install  ## a small invented town in your browser: no account, no token, no network
	$(BIN)/linli demo

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Linli needs Python 3.11 or newer, this is %d.%d" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

test: install  ## the whole suite; says aloud what this machine has no parts for
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -rs

check: install  ## format, lint, types and catalogues
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m bot.catalogues

bench: install  ## the figures of docs/performance.md; takes two cores for some minutes
	$(BIN)/python -m benchmarks

soak: install  ## real processes, killed every few seconds: MINUTES=30 [SEED=4711] [DATABASE=sqlite|postgresql]
	$(BIN)/python -m tests.simulator.soak --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED)) $(if $(DATABASE),--database $(DATABASE))

simulate: install  ## one seed of the simulator again: SEED=4711 [STEPS=500] [DATABASE=sqlite|postgresql]
	LINLI_SEED=$(SEED) LINLI_STEPS=$(STEPS) $(BIN)/python -m pytest --numprocesses 0 tests/simulator -k "must_hold $(if $(DATABASE),and $(DATABASE))"

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:  ## after changing the dependencies in pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --extra dev pyproject.toml --output-file requirements.lock
