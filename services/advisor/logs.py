"""One line for each thing that happens, it never sees the facts or the words of a person."""

from __future__ import annotations

import logging
from typing import TextIO

import orjson
import structlog
from structlog.typing import FilteringBoundLogger, Processor

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


_tracebacks = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=30)
)
"""Where it went wrong, without the values of any variable."""


def _json(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def make_logger(level: str, form: str, stream: TextIO) -> FilteringBoundLogger:
    """A logger that writes `form` json (one object a line) or plain (for a person at a terminal) to `stream`."""
    last: list[Processor]
    if form == "json":
        last = [_tracebacks, structlog.processors.JSONRenderer(_json)]
    else:
        last = [structlog.processors.format_exc_info, structlog.processors.LogfmtRenderer(bool_as_flag=False)]
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
    ).bind()
    return logger
