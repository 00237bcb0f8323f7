# Each target does all its own set-up; on a fresh machine git, python3 and make are enough.
.PHONY: help setup demo test lint format pin

help:  ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/'

setup:  ## make .venv and install everything (quick when already done)
	@PYTHON="$(PYTHON)" .ci/setup

demo: setup  ## see the whole job on a small news world; no network
	@.venv/bin/windcatch demo

test: setup  ## run all tests
	@.venv/bin/pytest -q -n auto --dist loadfile --no-loadscope-reorder

lint: setup  ## style, format, types, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: setup  ## put the code into shape
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

pin: setup  ## write constraints.txt from what is installed now
	@.venv/bin/python .ci/pin >constraints.new && mv constraints.new constraints.txt
