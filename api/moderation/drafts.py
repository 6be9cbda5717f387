"""From what was decided to rows of the tables."""

from datetime import datetime
from uuid import UUID

from api.clock import new_id
from api.database import Row
from api.domain.profile.merging import Listed, compared


def refusal_row(pair: tuple[Listed, Listed], reason: str, identity: str, now: datetime) -> Row:
    """Make the row of a pair that is kept apart; the lower id first."""
    first, second = pair
    return {
        "id": new_id(),
        "first_enterprise": UUID(first.id),
        "second_enterprise": UUID(second.id),
        "first_compared": compared(first),
        "second_compared": compared(second),
        "reason": reason,
        "refused_by": identity,
        "refused_at": now,
    }
