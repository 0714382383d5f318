#!/bin/sh
# Everything that must hold before a change is taken: the linter, the types, the tests.
# Needs `tools/setup.sh test` first. Words behind it go to pytest.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy" archiver claims sourcebook.py
"$bin/python" -m pytest --cov --cov-report=term "$@"

# Of the core modules, listed in pyproject.toml, every branch is tested.
core=$("$bin/python" -c '
import tomllib
with open("pyproject.toml", "rb") as file:
    modules = tomllib.load(file)["tool"]["sourcebook"]["core"]
print(",".join(name.replace(".", "/") + ".py" for name in modules))')
if ! report=$("$bin/python" -m coverage report --include="$core" --fail-under=100); then
  printf '%s\n' "$report" "check: a core module has untested branches, expected none" >&2
  exit 1
fi
