"""Who must answer when an organisation says that a profile is its own."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

OWNER_DAYS: Final = 14
"""How long a present owner may think about another's claim (own choice, ADR 20)."""


class WaitingFor(StrEnum):
    """Whose turn it is."""

    OWNER = "owner"
    MODERATOR = "moderator"


def waiting_for(
    *, has_owner: bool, owner_agrees: bool | None, claimed_at: datetime, now: datetime
) -> WaitingFor:
    """Tell whose turn it is: a present owner goes first, but can't hold a claim up for ever.

    The moderator decides always last, with the owner's answer in view (own choice, ADR 20).
    """
    overdue = now >= claimed_at + timedelta(days=OWNER_DAYS)
    if has_owner and owner_agrees is None and not overdue:
        return WaitingFor.OWNER
    return WaitingFor.MODERATOR
