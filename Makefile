# The door to everything. `make` alone lists what it can do.
# Needs Python 3.11, make and pip; `make kafka` also a JDK 17 and Maven.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BASE_PYTHON ?= $(firstword $(foreach name,python3.11 python3,$(shell command -v $(name) 2>/dev/null)))
DATA ?= .run
KAFKA ?= tansu
BIN := .venv/bin
READY := .venv/ready
PACKAGES := libs/contracts libs/platform services/intake services/curriculum services/tvet services/reintegration gateway cli
MODULES := $(addprefix -p inzira_,contracts platform intake curriculum tvet reintegration gateway cli)
PYPROJECTS := $(addsuffix /pyproject.toml,$(PACKAGES))
PYTEST := $(BIN)/pytest -q
WORKERS ?= auto

.PHONY: help bootstrap up down status logs demo backup restore test check mutants edge alone kafka faults failpoints lint \
	format types imports architecture migrations locks locks-fresh floors secrets-scan documents openapi schemas compose clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap: $(READY) ## create the environment (done once; again when a lock or a package changes)

$(READY): requirements.lock $(PYPROJECTS)
	@test -n "$(BASE_PYTHON)" || { echo "Python 3.11 was not found." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Creating .venv"; $(BASE_PYTHON) -m venv .venv; }
	@echo "Installing the locked packages (about half a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(PACKAGES))
	@touch $@

up: $(READY) ## start PostgreSQL, the broker, the services and the gateway (KAFKA=tansu|apache, DATA=folder)
	@$(BIN)/inzira up --data $(DATA) --kafka $(KAFKA)

down: $(READY) ## stop what `make up` started; the data stays
	@$(BIN)/inzira down --data $(DATA)

status: $(READY) ## what runs, since when, with how much memory
	@$(BIN)/inzira status --data $(DATA)

logs: $(READY) ## the last lines of every log (PROCESS=intake-api for one)
	@$(BIN)/inzira logs --data $(DATA) $(PROCESS)

demo: up ## the whole road, from a register to a closed case, and leave it running
	@$(BIN)/inzira demo --data $(DATA)

backup: $(READY) ## back up every database of the stack, running or not (TO=folder)
	@$(BIN)/inzira backup --data $(DATA) $(if $(TO),--to $(TO))

restore: $(READY) ## restore a backup into the stack, which must be down (FROM=set, REPLACE=1 to give up what is there)
	@test -n "$(FROM)" || { echo "Say which: make restore FROM=backups/inzira-…" >&2; exit 2; }
	@$(BIN)/inzira restore $(FROM) --data $(DATA) $(if $(REPLACE),--replace)

test: $(READY) ## every test that needs no Java
	$(PYTEST) -n $(WORKERS) --dist loadfile -m "not real_kafka and not on_demand"

mutants: $(READY) ## turn round every line of the access policy and every row-level-security policy, and show which cell catches it
	$(PYTEST) -n 0 -s -p no:logging tests/matrix/test_policy_mutants.py \
	  $(foreach service,intake curriculum tvet reintegration,tests/matrix/test_$(service).py::test_the_database_holds_by_itself) \
	  | grep -v '^.\{0,6\}20[0-9][0-9]-'

edge: $(READY) ## the edge's configuration in a real nginx (needs nginx)
	INZIRA_REQUIRE_NGINX=1 $(PYTEST) -n 0 tests/edge

alone: $(READY) ## each service installed and tested in a copy without its siblings (SERVICE=tvet for one, FULL=1 for all its tests)
	$(BIN)/python deploy/alone.py $(if $(FULL),--full) $(SERVICE)

kafka: $(READY) ## the journey against Apache Kafka (needs a JDK 17 and Maven)
	INZIRA_TEST_BROKER=apache INZIRA_BROKER=apache $(PYTEST) -m real_kafka tests libs

FAULT_OPTIONS = $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(FAULTS),--faults $(FAULTS)) \
	$(if $(OPERATIONS),--operations $(OPERATIONS)) $(if $(USERS),--users $(USERS)) $(if $(ONLY),--only $(ONLY)) \
	$(if $(OUT),--out $(OUT)) $(if $(RESTORE),--restore) $(if $(MUTANTS),--mutants) --kafka $(KAFKA)

faults: $(READY) ## a campaign of faults (SEED=, MINUTES=, FAULTS=, OPERATIONS=, ONLY=, RESTORE=1, KAFKA=tansu|apache, MUTANTS=1)
	$(BIN)/python tests/faults $(FAULT_OPTIONS)

failpoints: $(READY) ## a process held at each point where a crash hurts and struck there, 27 cases (CASE=F7 for some)
	$(PYTEST) -n 0 tests/faults/test_failpoints.py $(if $(CASE),-k $(CASE))

check: lint types imports migrations locks-fresh floors secrets-scan documents ## everything that is checked without running the services

lint: $(READY) ## style of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## bring the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## types, strictly
	$(BIN)/mypy $(MODULES)

imports: $(READY) ## who may import whom
	$(BIN)/lint-imports --no-cache

architecture: $(READY) ## the rules of the house, without the rest of the tests
	$(PYTEST) tests/architecture

migrations: $(READY) ## migrations give the tables the models describe
	$(BIN)/python deploy/migrations_in_step.py

locks: $(READY) ## write every requirements.lock anew, keeping the present pins (UPGRADE=1 for the newest)
	$(BIN)/python deploy/locks.py $(if $(UPGRADE),--upgrade)

locks-fresh: $(READY) ## every requirements.lock is what its pyproject gives
	$(BIN)/python deploy/locks.py --check

floors: $(READY) ## no requirements.lock holds a version with a known weakness (deploy/min-versions.toml)
	$(BIN)/python deploy/floors.py

secrets-scan: $(READY) ## no password, key or token in any file that is committed
	$(BIN)/python deploy/secrets_scan.py

schemas: $(READY) ## write the schemas of the events anew; refuses what would break a reader
	$(BIN)/python -m inzira_contracts.check --write

openapi: $(READY) ## write docs/openapi, docs/asyncapi.yaml, docker-compose.yml, every .env.example and the gateway's registry anew
	$(BIN)/python deploy/documents.py
	$(BIN)/python -m inzira_gateway registry --write

compose: openapi

documents: $(READY) ## generated documents are up to date, contracts compatible, compose valid
	$(BIN)/python -m inzira_contracts.check
	$(BIN)/python deploy/documents.py --check
	$(BIN)/python -m inzira_gateway registry --check
	$(PYTEST) tests/architecture/test_compose.py

clean: down ## stop the stack and remove its data
	rm -rf $(DATA)

include bench/bench.mk
