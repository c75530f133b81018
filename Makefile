# Every target sets up what it needs in .venv; see tools/setup.py. Options for a program: ARGS="…".

BIN = .venv/bin
ARGS =

# Where this is set, every start would compile every package anew: 3 s instead of 1.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo run test faults check bench format catalogue settings lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Make the environment in .venv
	@sh tools/setup.sh run

demo: ## Open the room on this machine: 200 drawn designs, fans with tastes (ARGS="--port 8010")
	@sh tools/setup.sh run
	@$(BIN)/catwalk demo $(ARGS)

run: ## Start whatever is configured (see config/default.toml)
	@sh tools/setup.sh run
	@$(BIN)/catwalk run $(ARGS)

test: check ## Run everything CI runs (ARGS="-k ladder" for some of it)
	@echo "Tests:"
	@$(BIN)/pytest -n 3 --dist loadscope --no-loadscope-reorder --durations=8 --durations-min=2 $(ARGS)

faults: ## Break a shop of several processes, round after round (ARGS="--minutes 10 --seed 7")
	@sh tools/setup.sh dev
	@$(BIN)/python -m tests.faults $(ARGS)

check: ## Check format, rules, types, import order and catalogues
	@sh tools/setup.sh dev
	@echo "Format:" && $(BIN)/ruff format --check --output-format concise .
	@echo "Rules:" && $(BIN)/ruff check --quiet .
	@echo "Types:" && $(BIN)/mypy
	@echo "Import order:" && $(BIN)/lint-imports --no-logo
	@echo "Catalogues:" && $(BIN)/python tools/catalogue.py check

bench: ## Measure every performance claim against its baseline (ARGS=--quick for less than 30 s each)
	@sh tools/setup.sh dev
	@for bench in $$(grep -l '^    run(' bench/*.py); do $(BIN)/python $$bench $(ARGS) || exit; echo; done

format: ## Format the code and mend what can be mended
	@sh tools/setup.sh dev
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format .

catalogue: ## Collect the texts to translate into bot/locale/*/LC_MESSAGES/catwalk.po
	@sh tools/setup.sh dev
	@$(BIN)/python tools/catalogue.py update

settings: ## Write config/default.toml from the settings
	@sh tools/setup.sh dev
	@$(BIN)/python tools/default_toml.py

lock: ## Pin the packages anew, with hashes (ARGS=--upgrade for the newest)
	@sh tools/setup.sh lock $(ARGS)

clean: ## Remove the environment and every cache; keep var, where your data is
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
