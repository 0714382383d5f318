# Everything a newcomer needs: `make demo` and `make test`. What they do is in tools/.
.PHONY: demo test setup lint archive docs lock clean
UV ?= $(if $(shell command -v uv),uv,.venv/bin/uv)
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header $(UPGRADE)

demo: ## verify, publish and serve the first case on 127.0.0.1
	@tools/setup.sh demo
	@.venv/bin/sourcebook demo

test: ## lint, types, and all tests, those in a real browser among them
	@tools/setup.sh test
	@tools/check.sh

setup: ## make .venv with everything for development
	@tools/setup.sh test

lint: setup ## format the code and mend what the linter can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

archive: setup ## make the shipped archive again, with keys that are thrown away
	.venv/bin/python tools/make_archive.py

docs: setup ## write the pages of docs/ that are made from the code
	.venv/bin/python tools/cli_reference.py docs/cli.md
	.venv/bin/python tools/database_reference.py docs/database.md

lock: ## write the lock anew, with hashes (needs uv; UPGRADE=--upgrade takes newer versions)
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
	$(COMPILE) --group build --constraint requirements/dev.txt --output-file requirements/build.txt

clean: ## remove what was made, and keep what was written
	rm -rf .venv build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
