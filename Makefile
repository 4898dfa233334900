# Two commands are enough on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 3

.DEFAULT_GOAL := help
.PHONY: help demo run test bench torture check fix migration parity lock clean

help: ## Show these lines
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(READY): requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Amicale needs Python 3.11 or newer; name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## Watch a community live four weeks, without any account
	@$(BIN)/amicale demo $(DEMO)

run: $(READY) ## Serve the platforms whose tokens are in the environment
	@$(BIN)/amicale run

test: $(READY) ## Run every test, with coverage
	@$(BIN)/pytest -q -n 2 $(APART) > .apart.log 2>&1 & apart=$$!; \
	  $(BIN)/pytest -q -n $(JOBS) --cov --cov-report= $(addprefix --ignore=,$(APART)); all=$$?; \
	  wait $$apart || all=$$?; cat .apart.log; exit $$all
	@$(BIN)/coverage report --fail-under=$(FLOOR)
	@$(BIN)/coverage report --include='core/*/rules.py,core/*/service.py,rituals/turns.py,rituals/rules.py,rituals/service.py' --fail-under=100

FLOOR := 90
# What these try lives in processes of its own, or takes a year: counting lines would only cost
# time. Most of them mostly wait, so that they run beside the others.
APART := tests/bench tests/scale tests/torture tests/e2e tests/bots/database tests/community/test_year.py

bench: $(READY) ## Measure each figure of docs/performance.md: make bench QUICK=1 ONLY=slack-client
	@QUICK=$(QUICK) ONLY=$(ONLY) $(BIN)/python -m tests.bench

check: $(READY) ## Format, lint, types and contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

torture: $(READY) ## Live a month killed again and again: make torture KILLS=200 SEED=… FAULTS=1
	@$(BIN)/python -m tests.torture

fix: $(READY) ## Mend what the linter can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

migration: $(READY) ## Write a migration for what changed in the tables: make migration NAME=…
	@$(BIN)/tortoise -c bots.schema.TORTOISE makemigrations -n $(NAME)

parity: $(READY) ## Write docs/parity.md from docs/parity.toml
	@$(BIN)/python -m tests.contract.parity

lock: $(READY) ## Write the hash-locked requirements anew
	@printf 'uv\n' | $(BIN)/uv pip compile -q - --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 -o requirements/bootstrap.txt
	@$(BIN)/uv pip compile -q pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra all --group dev -o requirements/dev.txt
	@$(BIN)/uv pip compile -q pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra all -o requirements/run.txt

clean: ## Forget the environment and what was measured
	@rm -rf $(VENV) .apart.log .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* htmlcov
