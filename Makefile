# Needs make and Python 3.11 or newer. Uses uv where it is on the PATH, else venv and pip.

PYTHON ?= python3
STORE ?= ./data
FEED ?=
PYTEST_ARGS ?=
LOCK_ARGS ?=
RUNTIME ?= python3.12
STACK ?= $(or $(shell sed -n 's/^stack_name = "\(.*\)"$$/\1/p' samconfig.toml 2>/dev/null),modelsync)
DEPLOY_ARGS ?= $(if $(wildcard samconfig.toml),,--guided)

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
LOCK_WITH := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
# What the functions' runtime brings along, and so the layer leaves out.
IN_THE_RUNTIME := boto3 botocore s3transfer python-dateutil six urllib3
BENCHMARKS := $(wildcard benchmarks)
# The tools of AWS have environments of their own, for they are large and `make test` needs none of them.
AWS_TOOLS := .venv-aws
SAM := SAM_CLI_TELEMETRY=0 $(AWS_TOOLS)/sam/bin/sam

# uv trusts its own list of authorities; where the machine has one, as behind a company's proxy, that one counts.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= true
export UV_NATIVE_TLS ?= true
endif

ifdef UV
INSTALLER := uv
INSTALL := uv pip install --quiet --python $(BIN)/python
else
INSTALLER := pip
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.DEFAULT_GOAL := help
.PHONY: help sync test check bench lock clean build audit deploy destroy

help: ## say what can be made
	@echo "modelsync: OpenRouter's model feed in, a published catalog out"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s  %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=python3.12 chooses the interpreter, STORE=folder where the catalog goes,"
	@echo "  FEED=path a recorded feed (plain or .gz) instead of the network, PYTEST_ARGS=... goes to pytest."
	@echo "  RUNTIME=python3.13 builds for another runtime of AWS Lambda than $(RUNTIME), STACK=name is what is deployed"
	@echo "  and destroyed, DEPLOY_ARGS=--guided asks again for everything."

sync: $(VENV)/sync.stamp ## install what the job needs, run it, publish into ./data
	@echo "make sync: syncmodels all, from $(if $(FEED),$(FEED),the live feed), into $(STORE)"
	@$(BIN)/syncmodels all --store "$(STORE)" $(if $(FEED),--feed "$(FEED)")

test: $(VENV)/dev.stamp ## install the development set, run every test
	@echo "make test: pytest $(PYTEST_ARGS)"
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/dev.stamp ## lint, formatting and types
	@echo "make check: ruff check"
	@$(BIN)/ruff check .
	@echo "make check: ruff format --check"
	@$(BIN)/ruff format --check .
	@echo "make check: mypy --strict shared tests functions $(BENCHMARKS)"
	@$(BIN)/mypy --strict shared tests functions $(BENCHMARKS)

bench: $(VENV)/dev.stamp ## measure the benchmarks, each beside its baseline
	@echo "make bench: pytest benchmarks"
	@$(BIN)/python -m pytest benchmarks --capture=no $(PYTEST_ARGS)

lock: ## write the lock files (needs uv); LOCK_ARGS=--upgrade takes newer versions
	@command -v uv >/dev/null || { echo "make lock: uv is not on the PATH; install it with: $(PYTHON) -m pip install uv" >&2; exit 1; }
	@echo "make lock: requirements.lock (everything), -sync.lock (make sync), -aws.lock (over an object store), shared/requirements.txt (the layer)"
	@$(LOCK_WITH) $(LOCK_ARGS) --group build --extra dev --output-file requirements.lock pyproject.toml
	@$(LOCK_WITH) $(LOCK_ARGS) --group build --extra sync --constraints requirements.lock --output-file requirements-sync.lock pyproject.toml
	@$(LOCK_WITH) $(LOCK_ARGS) --group build --extra aws --constraints requirements.lock --output-file requirements-aws.lock pyproject.toml
	@$(LOCK_WITH) $(LOCK_ARGS) --extra functions --constraints requirements.lock $(IN_THE_RUNTIME:%=--no-emit-package %) \
		--output-file shared/requirements.txt pyproject.toml

build: $(AWS_TOOLS)/sam/$(RUNTIME).stamp ## build the functions and their layer for AWS Lambda, and print the sizes
	@echo "make build: sam build, for $(RUNTIME)"
	@RUNTIME=$(RUNTIME) MAKEFLAGS=--no-print-directory $(SAM) build
	@sed -e 's/python3\.12$$/$(RUNTIME)/' .aws-sam/build/template.yaml >.aws-sam/template.yaml && \
		mv .aws-sam/template.yaml .aws-sam/build/template.yaml

audit: $(AWS_TOOLS)/sam/$(RUNTIME).stamp $(AWS_TOOLS)/checkov/$(RUNTIME).stamp ## judge template.yaml: sam, cfn-lint, checkov
	@echo "make audit: sam validate --lint"
	@$(SAM) validate --lint --region us-east-1
	@echo "make audit: cfn-lint"
	@$(AWS_TOOLS)/sam/bin/cfn-lint template.yaml
	@echo "make audit: checkov, but for what .checkov.yaml gives reasons for"
	@$(AWS_TOOLS)/checkov/bin/checkov

deploy: build ## deploy to AWS; asks for everything the first time, and keeps the answers in samconfig.toml
	@echo "make deploy: sam deploy $(DEPLOY_ARGS)"
	@$(SAM) deploy $(if $(wildcard samconfig.toml),,--stack-name "$(STACK)" --resolve-s3) \
		--capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset $(DEPLOY_ARGS)

destroy: $(AWS_TOOLS)/sam/$(RUNTIME).stamp ## remove the deployed stack; the bucket and all documents stay
	@echo "make destroy: removes functions, schedules, URLs, alarms, logs, dead letters and the distribution of stack $(STACK)."
	@echo "make destroy: what stays is the bucket with every document, and the secrets; to come back to them, deploy with"
	@echo "make destroy: MakeBucket=no. To remove the documents too, empty and delete the bucket of this output yourself:"
	@$(SAM) list stack-outputs --stack-name "$(STACK)" --output json
	@$(SAM) delete --stack-name "$(STACK)" $(DESTROY_ARGS)

clean: ## remove the virtualenvs, the caches and the built files; ./data stays
	@echo "make clean: $(VENV), $(AWS_TOOLS), caches, build and dist"
	@rm -rf $(VENV) $(AWS_TOOLS) .aws-sam .benchmarks .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps tell a second run that there is nothing to install. The development set holds the other one.
$(VENV)/sync.stamp: pyproject.toml requirements-sync.lock | $(BIN)/python
	@echo "make: installing what the job needs into $(VENV) with $(INSTALLER), once"
	@$(INSTALL) --require-hashes -r requirements-sync.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml requirements.lock | $(BIN)/python
	@echo "make: installing the development set into $(VENV) with $(INSTALLER), once"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $(VENV)/sync.stamp $@

# `sys.executable` because uv cannot start the shims of version managers.
$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { echo "make: $(PYTHON) was not found; modelsync needs Python 3.11 or newer, name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = ".".join(map(str, sys.version_info[:3])); sys.version_info >= (3, 11) or sys.exit("make: $(PYTHON) is Python " + v + "; modelsync needs 3.11 or newer, name one with: make PYTHON=/path/to/python3")'
ifdef UV
	@uv venv --quiet --python "$$("$(PYTHON)" -c 'import sys; print(sys.executable)')" $(VENV)
else
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "make: this Python cannot make virtual environments; on Debian and Ubuntu, install the package python3-venv and run make again" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "make: $(PYTHON) -m venv failed, see above; nothing was left behind" >&2; exit 1; }
endif

# For the runtime's interpreter, in which the tools that run the built functions need to be.
$(AWS_TOOLS)/%/$(RUNTIME).stamp: tests/artefact/tools/%.lock
	@$(MAKE) --no-print-directory -f tests/artefact/tools.mk RUNTIME=$(RUNTIME) $@
