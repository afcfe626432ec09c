"""`python -m services.launch.announce ASKED SHOWN`: wait until the advisor answers at ASKED, then print SHOWN.

A link for the first admin of the rule studio may come on standard input; it is printed below.
"""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request

PATIENCE = 60.0
FIRST = "   (works once: set the password of the account admin)"


def main(asked: str, shown: str, welcome: str = "") -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if is_up(f"{asked}/healthz"):
            print(f"\n  Ashore is ready: {shown}   (API: {shown}/docs, Ctrl-C stops everything)", flush=True)
            print(f"  Rule studio: {welcome or f'{shown}/studio/'}{FIRST if welcome else ''}\n", flush=True)
            return 0
        time.sleep(0.05)
    print(f"The advisor has not answered at {asked} for {PATIENCE:.0f} s; the lines above may say why.", flush=True)
    return 1


def is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2], sys.stdin.read().strip()))
    except KeyboardInterrupt:
        sys.exit(0)
