#!/bin/sh
# Pins what pyproject.toml and requirements/*.in ask for, with hashes, without any index address. Usage: compile.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."
export UV_PYTHON_DOWNLOADS=never

pin() {
    source=$1 target=$2
    shift 2
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
        "$@" "$source" --output-file "requirements/$target.txt"
}

pin requirements/uv.in uv "$@"
pin requirements/build.in build "$@"
pin pyproject.toml runtime "$@"
pin requirements/assets.in assets --no-deps "$@"
pin requirements/test.in test "$@"
pin requirements/bench.in bench "$@"
