#!/bin/sh
# Finds Python, makes .venv with it and hands over to install.py. Usage: install.sh runtime|test|bench
set -eu
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }

find_python() {
    for name in ${ASHORE_PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if command -v "$name" >/dev/null 2>&1 && fits "$name"; then
            command -v "$name"
            return
        fi
    done
}

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

check_compiler() {
    command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 ||
        stop "A C compiler is needed (durable-rules comes as source)." "On Debian: apt-get install gcc"
    "$1" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' ||
        stop "The header files of $1 are needed (durable-rules comes as source)." "On Debian: apt-get install python3-dev"
}

if ! [ -x .venv/bin/python ] || ! fits .venv/bin/python; then
    python=$(find_python)
    [ -n "$python" ] ||
        stop "Python 3.11, 3.12 or 3.13 is needed and was not found." "On Debian: apt-get install python3 python3-venv python3-dev" \
            "Or name one: ASHORE_PYTHON=/path/to/python3.11 make run"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$python cannot make a virtual environment." "On Debian: apt-get install python3-venv"
    check_compiler "$python"
    rm -rf .venv
    "$python" -m venv .venv
fi
exec .venv/bin/python requirements/install.py "$1"
