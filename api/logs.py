"""One line of JSON per event on standard error, for whatever collects logs."""

import logging
from typing import Any, Final

import structlog
from structlog.typing import EventDict

from api import trace
from api.settings import settings

_TOLD: Final = ("method", "route", "status", "milliseconds", "number", "hash", "ledgers")


def _name_request(_: object, __: str, event: EventDict) -> EventDict:
    """Add the request that the line belongs to."""
    named = trace.request_id.get()
    if named is not None:
        event["request_id"] = named
    return event


_SHARED: Final[list[Any]] = [
    structlog.stdlib.ExtraAdder(_TOLD),
    _name_request,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure_logging() -> None:
    """Send every logger through one formatter, at the level of the settings."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings().log_level)
