# `make run` starts the whole suite on this machine; `make test` checks everything. Needs python3 >= 3.11 and make.
# PYTHON=/path/to/python3 chooses another interpreter; what is installed goes to .venv, .venv-sam and .venv-oracles only.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

NEEDS = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.14 python3.12 python3.11; do \
	"$$python" -c '$(NEEDS)' >/dev/null 2>&1 && { command -v "$$python"; break; }; done)

VENV := .venv
SAM_VENV := .venv-sam
ORACLES_VENV := .venv-oracles
BIN := $(VENV)/bin
# Stamps carry the checksum of what was installed: nothing to do means a start in seconds.
RUNNING := $(shell "$(PYTHON)" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
sum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)-$(RUNNING)
LOCAL := $(VENV)/stamps/local-$(call sum,requirements/local.txt pyproject.toml)
DEV := $(VENV)/stamps/dev-$(call sum,requirements/dev.txt pyproject.toml)
SAM := $(SAM_VENV)/stamps/sam-$(call sum,requirements/sam.txt)
ORACLES := $(ORACLES_VENV)/stamps/oracles-$(call sum,requirements/oracles.txt)

# Locked files are complete, so nothing is resolved: --no-deps.
INSTALL := -m pip install -qq --disable-pip-version-check --no-deps --require-hashes
TEMPLATE_ENV := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 AWS_EC2_METADATA_DISABLED=true
E2E_DATA := build/e2e
# The messengers' official specs, which are not ours to bring along.
SPECS ?= ../shared/specs

# $(call step,name,command): runs it and says how long it took.
define step
	@begun=$$(date +%s); echo "── $(1)"; \
	if $(2); then echo "✓ $(1)  $$(( $$(date +%s) - begun )) s"; \
	else echo "✗ $(1)  $$(( $$(date +%s) - begun )) s"; exit 1; fi
endef

.PHONY: help run test drill bench format lint types imports test-unit test-e2e test-template test-browser specs specs-there screenshot lock clean python bench-peers rehearsal

help:
	@echo "make run            the whole suite on this machine, until Ctrl-C"
	@echo "make test           everything that is checked: format, lint, types, imports, tests, template"
	@echo "make test-unit      unit and contract tests    make test-e2e       the running suite over HTTP"
	@echo "make test-template  template and SAM build     make test-browser   phones and pages in a Chromium"
	@echo "make drill          broadcasts under fire: workers killed, answers lost, AWS and messengers in trouble (some minutes)"
	@echo "make specs          calls and webhooks against the messengers' official specs (SPECS=folder with them)"
	@echo "make format         lay the code out           make lint types     look at it"
	@echo "make bench          measurements               make bench-peers    others' clients beside ours"
	@echo "make rehearsal      a broadcast in the sandbox whose report must be what the messengers saw (PEOPLE=100000)"
	@echo "make lock           new versions of dependencies"
	@echo "make clean          remove what was installed and built, and the local data"

run: $(LOCAL)
	@exec $(BIN)/python -m local $(ARGS)

test: lint types imports test-unit test-template test-e2e
	@echo "✓ all checks passed"

format: $(DEV)
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lint: $(DEV)
	$(call step,format,$(BIN)/ruff format --check --quiet .)
	$(call step,lint,$(BIN)/ruff check --quiet .)

types: $(DEV)
	$(call step,types,$(BIN)/mypy)

imports: $(DEV)
	$(call step,import contracts,PYTHONPATH=layers/common:. $(BIN)/lint-imports --no-logo)

test-unit: $(DEV)
	$(call step,unit tests,$(BIN)/pytest -q -n auto -m "not e2e and not browser and not specs and not drill")

# DRILL_SEED chooses the chance, DRILL_POINTS how many crash points by chance beside the named ones;
# ARGS=--last-failed runs again what failed.
drill: $(DEV)
	$(call step,fire drill,$(BIN)/pytest -v --no-header -n auto --dist worksteal tests/drill tests/stateful/test_engine.py $(ARGS))

test-e2e: $(DEV)
	$(call step,end-to-end tests,$(BIN)/python -m local --fresh --auth --port 0 --data $(E2E_DATA) --once $(BIN)/pytest -q -m e2e)

test-template: $(DEV) $(SAM)
	$(call step,sam validate,$(TEMPLATE_ENV) $(SAM_VENV)/bin/sam validate --lint)
	$(call step,cfn-lint,$(SAM_VENV)/bin/cfn-lint)
	$(call step,sam build,$(TEMPLATE_ENV) $(SAM_VENV)/bin/sam build --cached --parallel)
	$(call step,byte code,$(BIN)/python -m tools.bytecode .aws-sam/build/CommonLayer/python)

test-browser: $(DEV)
	$(call step,browser tests,$(BIN)/python -m local --fresh --port 0 --data $(E2E_DATA) --once $(BIN)/pytest -q -m browser)

specs: specs-there $(DEV) $(ORACLES)
	$(call step,official specs,SPECS="$(abspath $(SPECS))" $(BIN)/pytest -q -m specs tests/specs)
	$(call step,libraries of others,$(ORACLES_VENV)/bin/python -m pytest -q tests/specs/oracles)

specs-there:
	@test -d "$(SPECS)/line" || { echo "No specs in $(SPECS); SPECS=/path/to/specs make specs names another folder."; exit 1; }

screenshot: $(DEV)
	$(call step,screenshot,SCREENSHOTS=docs/images $(BIN)/python -m local --fresh --port 0 --data $(E2E_DATA) --once $(BIN)/pytest -q -m browser)

bench: $(DEV)
	@for each in $$(grep -l "results import write" bench/*.py); do echo "── $$each"; $(BIN)/python "$$each" || exit 1; done

# About twenty minutes for 100,000 people; its report's pages are in build/rehearsal/.
PEOPLE ?= 100000
rehearsal: $(DEV)
	@$(BIN)/python bench/rehearsal.py $(PEOPLE)

# Other people's clients and patterns beside ours in one run; PEERS is the folder with their scripts.
PEERS ?= ../shared/bench
bench-peers: $(DEV)
	@$(BIN)/python bench/peers.py "$(PEERS)"

# Newest versions that fit; the files name no host, so each installs from where its user's pip is set up.
lock: | python
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@set -e; for each in layers/common/requirements requirements/local requirements/dev requirements/sam requirements/oracles; do \
		echo "$$each"; (cd "$$(dirname "$$each")" && "$(CURDIR)/build/lock/bin/uv" pip compile --quiet --upgrade --universal \
		--python-version 3.11 --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--no-annotate "$$(basename "$$each").in" -o "$$(basename "$$each").txt"); done

clean:
	rm -rf $(VENV) $(SAM_VENV) $(ORACLES_VENV) build .aws-sam .rundruf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(RUNNING)" || { echo "Rundruf needs Python 3.11 or newer as python3; PYTHON=/path/to/python3 make … chooses one."; exit 1; }
	@"$(PYTHON)" -c '$(NEEDS)' || { echo "$(PYTHON) is Python $(RUNNING); Rundruf needs 3.11 or newer (PYTHON=/path/to/python3 make …)."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# $(call made,folder): an environment of the chosen version, kept if it is one already.
define made
	@test "$$($(1)/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$(RUNNING)" || { \
		echo "making $(1) with Python $(RUNNING) …"; "$(PYTHON)" -m venv --clear $(1); }
	@mkdir -p $(1)/stamps
endef

$(LOCAL): | python
	$(call made,$(VENV))
	@echo "installing what the run needs …"
	@$(BIN)/python $(INSTALL) -r requirements/local.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(LOCAL)
	@echo "installing what the tests need …"
	@$(BIN)/python $(INSTALL) -r requirements/dev.txt
	@touch $@

$(SAM): | python
	$(call made,$(SAM_VENV))
	@echo "installing the deployment tools …"
	@$(SAM_VENV)/bin/python $(INSTALL) -r requirements/sam.txt
	@touch $@

$(ORACLES): | python
	$(call made,$(ORACLES_VENV))
	@echo "installing the libraries that fakes are compared with …"
	@$(ORACLES_VENV)/bin/python $(INSTALL) -r requirements/oracles.txt
	@touch $@
