"""One line for each thing that happens, to standard output: ids and words of ours, never facts or addresses."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import FilteringBoundLogger, Processor

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_tracebacks = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
"""Where it went wrong, without the values of any variable."""


def make_logger(level: str, form: str) -> FilteringBoundLogger:
    """A logger that writes `form` json (one object a line) or plain (for a person at a terminal)."""
    last: list[Processor]
    if form == "json":
        last = [_tracebacks, structlog.processors.JSONRenderer()]
    else:
        last = [structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer(bool_as_flag=False)]
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(sys.stdout),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
    )
    return logger
