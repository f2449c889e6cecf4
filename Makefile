# `make demo` and `make test` set up whatever they need; both work on a fresh machine with Python
# 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test slow backends coverage lint format clean

demo: $(VENV)/.installed
	$(BIN)/recurra demo

test: $(VENV)/.test-installed
	$(BIN)/python -m pytest

slow: $(VENV)/.test-installed
	$(BIN)/python -m pytest -m slow

backends: $(VENV)/.backends-installed
	$(BIN)/python -m pytest tests/layers/test_backends.py -m "slow or not slow"

coverage: $(VENV)/.test-installed
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.dev-installed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

NATIVE := CMakeLists.txt $(wildcard native/*/*.h native/*/*/*.h native/*/*.cpp)

$(VENV)/.installed: pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.test-installed: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group test
	@touch $@

$(VENV)/.backends-installed: pyproject.toml $(VENV)/.test-installed
	$(BIN)/python -m pip install --quiet --editable '.[torch,tensorflow]'
	@touch $@

$(VENV)/.dev-installed: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@
