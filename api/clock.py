"""The one place inside the API that reads the clock and makes ids; both are passed on as values."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils import compat

LEGAL_TIME = ZoneInfo("Europe/Amsterdam")
"""Days in law (dispatch, award, validity) are days of Dutch legal time."""


def now() -> datetime:
    """Give this instant in UTC."""
    return datetime.now(UTC)


def legal_day(moment: datetime) -> date:
    """Give the day that a moment falls on in Dutch legal time."""
    return moment.astimezone(LEGAL_TIME).date()


def new_id() -> UUID:
    """Make a UUIDv7: unique, and in the order of its making (design decision 14)."""
    return compat.uuid7()
