# Every command of the project; `make` alone lists them.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:

# durable-rules comes as source; without this line it builds on Python 3.13 but cannot be imported.
export CPPFLAGS := -DPyEval_CallObject=PyObject_CallObject $(CPPFLAGS)

PYTHON := .venv/bin/python
PINS := pyproject.toml requirements/install.sh requirements/install.py requirements/uv.txt requirements/build.txt requirements/assets.txt
CODE := services tests benchmarks requirements
N ?= 100000

.PHONY: help run demo test check format readme bench trial requirements clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime ## everything from nothing: environment, Redis, database, advisor, worker, sweeper; prints the address
	@exec $(PYTHON) -m services.launch

demo: .venv/.runtime ## fill the database with 20 made-up cases (take them out: make demo ARGS=--remove)
	@exec $(PYTHON) -m services.cli demo $(ARGS)

test: .venv/.test ## everything that proves it (a part: make test ARGS="tests/rulebook -x")
	@sh requirements/system.sh
	@exec $(PYTHON) -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder $(ARGS)

check: .venv/.test ## lint, format, types, rulebook, images, scripts, leaks; nothing is changed
	$(PYTHON) -m ruff check $(CODE)
	$(PYTHON) -m ruff format --check $(CODE)
	$(PYTHON) -m mypy
	$(PYTHON) -m services.cli rules check
	.venv/bin/hadolint services/advisor/Dockerfile services/notifier/Dockerfile
	POSTGRES_PASSWORD=checked ASHORE_SECRET_KEY=checked .venv/bin/docker-compose --file docker-compose.yml config --quiet
	.venv/bin/shellcheck .ci/run requirements/*.sh
	$(PYTHON) -m pytest --quiet tests/test_leaks.py

format: .venv/.test ## put every file into the house format
	$(PYTHON) -m ruff check --fix $(CODE)
	$(PYTHON) -m ruff format $(CODE)

readme: .venv/.test ## write the output of the README's curl anew, after a change of its texts
	@exec $(PYTHON) -m tests.readme_example

bench: .venv/.bench ## measure against other engines, write benchmarks/RESULTS.md
	@exec $(PYTHON) -m benchmarks $(ARGS)

trial: .venv/.test ## drain N follow-ups (100000) while processes are killed; prints lost, repeated, rate
	@exec $(PYTHON) -m benchmarks.trial $(N)

requirements: .venv/.runtime ## pin again what requirements/*.in and pyproject.toml ask for (UPGRADE=--upgrade for newer)
	sh requirements/compile.sh $(UPGRADE)

clean: ## remove the environment and what tests and tools left; data in ./var stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist
	find services tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime: $(PINS) requirements/runtime.txt
	@sh requirements/install.sh runtime

.venv/.test: .venv/.runtime requirements/test.txt
	@sh requirements/install.sh test

.venv/.bench: .venv/.test requirements/bench.txt
	@sh requirements/install.sh bench
