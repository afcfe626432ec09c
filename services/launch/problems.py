"""What can keep the start from succeeding."""

from __future__ import annotations


class LaunchError(Exception):
    """Something on this machine must be put right first; the message says what."""
