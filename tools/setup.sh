#!/bin/sh
# Make a virtual environment from requirements.lock: setup.sh FOLDER [PYTHON]
set -eu
venv=$1
python=${2:-}

fail() { echo "set-up: $*" >&2; exit 1; }
suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -z "$python" ]; then
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if suits "$python"; then break; fi
    done
fi
suits "$python" ||
    fail "Python 3.11 or newer is needed and '$python' is none. Name one: make setup PYTHON=/path/to/python3"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "this Python lacks venv. Install it (on Debian and Ubuntu: apt-get install python3-venv), then call make again."

# An environment whose interpreter is gone (an upgrade, a moved folder) is of no use.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$venv"
in_venv=$venv/bin/python
echo "set-up: installing requirements.lock into $venv"

# uv is taken from the lock too, by its own lines there, so that it is checked like the rest.
if ! "$in_venv" -m uv --version >/dev/null 2>&1; then
    awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' requirements.lock >"$venv/uv.lock"
    "$in_venv" -m pip install -qq --disable-pip-version-check --require-hashes -r "$venv/uv.lock" ||
        echo "set-up: uv cannot be installed here; pip does its work" >&2
fi

# uv does not read pip's settings: hand on the index that this machine's pip is set to.
setting() { "$in_venv" -m pip config get "global.$1" 2>/dev/null || true; }
index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$(setting index-url)}}
if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
certificates=${SSL_CERT_FILE:-${PIP_CERT:-$(setting cert)}}
if [ -n "$certificates" ]; then export SSL_CERT_FILE="$certificates"; fi

# --no-build-isolation: the build backend is in the lock, nothing unchecked is fetched.
if ! { "$in_venv" -m uv pip sync --quiet --python "$in_venv" --require-hashes requirements.lock &&
    "$in_venv" -m uv pip install --quiet --python "$in_venv" --no-deps --no-build-isolation --editable .; }; then
    echo "set-up: uv could not install the lock; pip does it now, which takes longer" >&2
    "$in_venv" -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
    "$in_venv" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
fi
