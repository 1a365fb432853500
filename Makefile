# Each target brings its own environment: the first call creates .venv and installs into it.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
SCREENED := runs/approved_drugs_tox21.csv

# The tests start many processes, each of which would compile molgnn anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install screen test slow lint notebooks clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(INSTALLED)  ## create .venv with molgnn, its extras and the tested versions

screen: $(INSTALLED)  ## predict the toxicity of the approved drugs in data/
	@mkdir -p $(dir $(SCREENED))
	$(BIN)/molgnn screen data/approved_drugs.csv -m tox21 -o $(SCREENED) --overwrite
	@echo "The predictions are in $(SCREENED), one row per drug."

test: $(INSTALLED)  ## run the tests, without the slow ones
	$(BIN)/python -m pytest -m "not slow" -n auto --dist worksteal

slow: $(INSTALLED)  ## run the slow tests
	$(BIN)/python -m pytest -m slow -n auto --dist loadgroup

lint: $(INSTALLED)  ## check style, types and the order of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

notebooks: $(INSTALLED)  ## execute the notebooks
	$(BIN)/python -m pytest --nbmake notebooks

clean:  ## remove .venv, the two examples' results and caches
	rm -rf $(VENV) $(SCREENED) runs/notebook build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find molgnn tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A name on PATH may be a shim with nothing behind it, so a candidate counts only once it has run.
$(INSTALLED): setup.cfg pyproject.toml constraints.txt
	@set -e; \
	for python in python3.11 python3.12 python3 python; do \
	    if $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; \
	    then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "expected Python 3.11 or 3.12 (with its venv module) on PATH but found neither;" >&2; \
	    echo "fix: install one of them, or activate an environment that has it, and run make again" >&2; \
	    exit 1; \
	fi; \
	echo "Installing molgnn into $(VENV) with $$($$found --version): this takes a few minutes, once."; \
	$$found -m venv $(VENV); \
	$(BIN)/python -m pip install --quiet --editable '.[fast,chembl,excel,notebook,ray,tune,test]' --constraint constraints.txt
	@touch $@
