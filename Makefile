# Targets are listed by `make help`; each says in its `##` comment what it does.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
NOTEBOOKS = $(wildcard notebooks/*.ipynb)
CODE = perfkit tests $(wildcard benchmarks) $(wildcard examples)
# Jupyter refuses root unless told so; in a container one often is.
AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)
# What a notebook in git may not hold: outputs, and whatever says when and where it ran.
STRIP = --keep-id --extra-keys "metadata.papermill cell.metadata.papermill metadata.language_info"

.PHONY: help setup test lint format report lab bench corpus picture lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## Make .venv from requirements.lock (PYTHON=... picks the interpreter)

$(STAMP): requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh $(VENV) $(PYTHON)
	@touch $@

test: $(STAMP) ## Run all tests, with branch coverage
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered

lint: $(STAMP) ## Check style, types, layers and notebooks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify $(STRIP) $(NOTEBOOKS))

format: $(STAMP) ## Put code and notebooks into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(if $(NOTEBOOKS),$(BIN)/nbstripout $(STRIP) $(NOTEBOOKS))

report: $(STAMP) ## Run the notebooks and write reports/index.html
	@$(BIN)/perfkit report

lab: $(STAMP) ## Open the notebooks in JupyterLab (LAB=... gives it options)
	$(BIN)/jupyter lab --notebook-dir=notebooks $(AS_ROOT) $(LAB)

bench: $(STAMP) ## Measure the speed goals against their baselines (PARTS="auto cache" some, QUICK=1 less, DOCS=1 into docs)
	$(BIN)/python -m benchmarks $(PARTS) $(if $(QUICK),--quick) \
		$(if $(DOCS),--document docs/strategies.md)

corpus: $(STAMP) ## Make the files of test_invoices/ anew
	$(BIN)/perfkit corpus remake

picture: $(STAMP) ## Measure anew what README.md shows in docs/images/
	$(BIN)/python tools/picture.py

lock: $(STAMP) ## Resolve requirements.lock anew (UPGRADE=1 takes the newest versions)
	$(BIN)/uv pip compile pyproject.toml --extra all --universal --python-version 3.11 --quiet \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
		$(if $(UPGRADE),--upgrade) --output-file requirements.lock

clean: ## Remove .venv, caches and generated reports
	rm -rf $(VENV) build dist .coverage .coverage.* htmlcov
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find reports -mindepth 1 ! -name README.md -delete
	find $(CODE) notebooks -name __pycache__ -prune -exec rm -rf {} +
