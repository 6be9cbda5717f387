"""Which request is being worked on, and for whom: for the logs and the audit trail."""

import re
import secrets
from contextvars import ContextVar
from typing import Final
from uuid import UUID

request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
acting_for: Final[ContextVar[UUID | None]] = ContextVar("acting_for", default=None)
"""The organisation of whoever asks, once a guard knows it."""
_GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT: Final = re.compile(
    r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)


def request_id_of(given: str | None, traceparent: str | None) -> str:
    """Take the id that was sent, or that of the W3C trace, or make one.

    What was sent is taken only in a form that can't forge a line of the log.
    """
    if given is not None and _GIVEN.fullmatch(given):
        return given
    traced = _TRACEPARENT.fullmatch(traceparent or "")
    return traced[1] if traced else secrets.token_hex(16)
