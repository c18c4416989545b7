# The commands of this project. Needs Python 3.11 or newer, git and make; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.PHONY: demo test faults check spark portal-static install install-test format clean

demo: .venv/installed
	$(BIN)/trackchild demo $(ARGS)

test: .venv/installed-test
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

# The long form of every fault, written into docs/reliability.md: hours rather than minutes. `make test` runs the short form.
faults: .venv/installed-test
	$(BIN)/trackchild faults run --write docs/reliability.md $(ARGS)

check: .venv/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

# Linking on Apache Spark: installs the extra (half a gigabyte, with a Java), runs its test and its benchmark.
spark: .venv/installed-spark
	TRACKCHILD_SPARK_TESTS=required $(BIN)/python -m pytest tests/hub/linking/test_spark.py $(ARGS)
	$(BIN)/python -m benchmarks.spark

# The portal's stylesheet, fonts and htmx from npm (needs Node.js 20); what it builds is committed.
portal-static: .venv/installed
	$(BIN)/python -m portal.web.vendor

format: .venv/installed-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

install: .venv/installed
install-test: .venv/installed-test

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: setup.py | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

.venv/installed-spark: .venv/installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[spark]'
	touch $@

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
