"""A worker and a sweeper as they are in service, but for a short lease: a test does not wait a minute and a half."""

from __future__ import annotations

import sys
from datetime import timedelta

from services.notifier import sweep, worker

LEASE = timedelta(seconds=3)
ROLES = {"worker": worker.main, "sweeper": sweep.main}

if __name__ == "__main__":
    sys.exit(ROLES[sys.argv[1]](LEASE))
