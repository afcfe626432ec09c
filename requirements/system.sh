#!/bin/sh
# What the tests need from the system: as root on Debian it is installed, otherwise what is missing is named.
set -eu

missing=""
need() { # need PACKAGE COMMAND...: one of the commands is there, or the package is missing
    package=$1
    shift
    for wanted in "$@"; do
        if command -v "$wanted" >/dev/null 2>&1; then return; fi
    done
    missing="$missing $package"
}

PATH=$PATH:$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | tail -n 1)
need redis-server redis-server valkey-server
need postgresql initdb
need curl curl
need chromium chromium chromium-browser google-chrome
[ -n "$(find /usr/share/fonts -iname '*noto*cjk*' 2>/dev/null | head -n 1)" ] || missing="$missing fonts-noto-cjk"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "ashore: installing$missing (the tests use them)"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # one word a package
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null
else
    echo "ashore: tests that need$missing are skipped. To run them, on Debian: apt-get install$missing" >&2
fi
