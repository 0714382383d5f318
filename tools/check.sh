#!/bin/sh
# Everything that must hold before a change is taken: the linter, the types, the tests.
# Needs `tools/setup.sh test` first. Words behind it go to pytest.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy" archiver claims sourcebook.py
exec "$bin/python" -m pytest --cov --cov-report=term "$@"
