#!/bin/sh
# Make .venv from the lock and install the project into it: `tools/setup.sh demo` with
# what running needs, `tools/setup.sh test` with what testing needs as well.
# The second run does nothing: .venv/<name>.stamp says what the first one made it from.
set -eu
cd "$(dirname "$0")/.."
what=${1:?say demo or test}
case $what in
  demo) locks="-r requirements/runtime.txt -r requirements/build.txt" ;;
  test) locks="-r requirements/dev.txt" ;;
  *) echo "setup: '$what' is unknown, expected demo or test" >&2; exit 2 ;;
esac

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if new_enough "$python"; then echo "$python"; return; fi
  done
  echo "setup: no Python of 3.11 or newer was found; name one with PYTHON=..." >&2
  return 1
}

has_any() {
  for program; do
    if command -v "$program" >/dev/null 2>&1; then return 0; fi
  done
  return 1
}

# A moved folder, another lock or another version of the project needs a new set-up.
describe() {
  pwd
  cksum pyproject.toml requirements/*.txt tools/setup.sh
}

install_locked() {
  if ! new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    "$python" -m venv --clear .venv
  fi
  # Where the machine's pip looks besides does not matter: a file whose hash is not in the
  # lock is refused. Its constraints are left out, since the lock pins every version. It
  # names all that is needed, so nothing is resolved: pip 23.2 takes a newer release for
  # `coverage[toml]` than the one that is pinned, and refuses it for want of a hash.
  export PIP_CONSTRAINT=/dev/null PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1
  # shellcheck disable=SC2086 # file names, each a word
  .venv/bin/python -m pip install -qq --no-deps --require-hashes $locks
  .venv/bin/python -m pip install -qq --no-deps --no-build-isolation --no-index -e .
}

# The tests run these programs; where one is missing and we may, it is installed.
install_programs() {
  missing=
  has_any chromium google-chrome google-chrome-stable chromium-browser ||
    missing="chromium fonts-dejavu-core"
  has_any openssl || missing="$missing openssl"
  has_any ssh-keygen || missing="$missing openssh-client"
  has_any npm || missing="$missing npm"
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ] || ! has_any apt-get; then return 0; fi
  echo "setup: installing $missing" >&2
  # shellcheck disable=SC2086 # a list of packages
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      $missing >/dev/null ||
    echo "setup: apt-get could not install $missing; the tests will say what is missing" >&2
}

# A test plays our captures in ReplayWeb.page (AGPL), which is fetched for that alone; npm
# refuses a file whose hash is not in the lock.
fetch_replay() {
  folder=tests/browser/replay
  if cmp -s "$folder/package-lock.json" "$folder/node_modules/fetched.lock"; then return 0; fi
  echo "setup: fetching ReplayWeb.page for a test" >&2
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) &&
    cp "$folder/package-lock.json" "$folder/node_modules/fetched.lock" ||
    echo "setup: npm could not fetch it; the test will say what is missing" >&2
}

# What testing needs includes what running needs.
is_set_up() {
  .venv/bin/python -c '' 2>/dev/null || return 1
  for name in "$what" test; do
    if [ "$(describe)" = "$(cat ".venv/$name.stamp" 2>/dev/null)" ]; then return 0; fi
  done
  return 1
}

if ! is_set_up; then
  echo "setup: installing into .venv what '$what' needs (a minute or so)" >&2
  rm -f .venv/*.stamp
  install_locked
  describe >".venv/$what.stamp"
fi
if [ "$what" = test ]; then
  install_programs
  fetch_replay
fi
